"""Starts the emulator: MiniStack with its gaps to AWS closed, rules on an AWS-like phase, faults on request.

    python emulator/launcher/launcher.py --port 4566 --state-dir .metronome/aws-by-hand

Ready when GET /_ministack/health answers 200. docs/emulator.md explains it.
"""

from __future__ import annotations

import contextlib
import os
import sys

import environment
from access import new_key
from settings import SettingsError, parse_settings
from state_dir import StateDir, StateDirInUse


# Niceness of the emulator and all it starts, if the user may set it.
NICENESS = -10


def main(argv: list[str]) -> int:
    """Runs the emulator until it is asked to stop, which ends the process. Returns the exit code if nothing can be started."""
    parent = os.getppid()
    try:
        settings = parse_settings(argv)
        state_dir = StateDir.claim(settings.state_dir)
    except (SettingsError, StateDirInUse) as error:
        print(f"emulator: {error}", file=sys.stderr)
        return 2
    go_before_other_programs()
    # MiniStack reads its settings from the environment when it is imported, so nothing of it may be imported earlier.
    key = new_key()
    environment.replace(environment.for_emulator(os.environ, settings, state_dir, key))

    from serving import run_emulator

    run_emulator(settings, state_dir, key, parent)


def go_before_other_programs() -> None:
    """On AWS no program of this machine (Terraform, a browser, other tests) holds up a function; here one would."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, NICENESS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
