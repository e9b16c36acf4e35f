"""The emulator's command line, checked."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from firing import Phase, PhaseError

LOOPBACK = "127.0.0.1"
LOG_LEVELS = ("debug", "info", "warning", "error")


class SettingsError(Exception):
    """A command line that cannot be served; its text says what to write instead."""


@dataclass(frozen=True)
class Settings:
    """What one emulator process runs with."""

    port: int
    state_dir: Path
    persist: bool
    phase: Phase
    watch_parent: bool
    log_level: str
    access_key_file: Path
    processor_share: bool


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise SettingsError(f"{message} (see --help)")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="launcher.py",
        description="Starts the emulator; docs/emulator.md explains it.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--port", type=int, required=True, default=argparse.SUPPRESS, help="TCP port to serve on")
    parser.add_argument("--host", default=LOOPBACK, help=f"only {LOOPBACK} is accepted: the emulator is for programs of this machine")
    parser.add_argument(
        "--state-dir",
        type=Path,
        required=True,
        default=argparse.SUPPRESS,
        metavar="DIR",
        help="everything the emulator writes is under DIR",
    )
    parser.add_argument(
        "--persist",
        action="store_true",
        help="on SIGTERM or SIGINT keep all resources in DIR for the next start (S3 objects are always kept)",
    )
    parser.add_argument("--rule-second", type=int, default=37, metavar="S", help="second of the minute at which rules fire, 0..59")
    parser.add_argument("--rule-jitter-ms", type=int, default=400, metavar="MS", help="each firing comes 0..MS ms after that second")
    parser.add_argument("--seed", type=int, default=1, help="makes the jitter repeatable")
    parser.add_argument("--watch-parent", action="store_true", help="stop when the process that started the emulator ends, however it ends")
    parser.add_argument(
        "--access-key-file",
        type=Path,
        default=argparse.SUPPRESS,
        metavar="FILE",
        help="where the access key of this run is written, for its user alone to read (default: access-key in the state directory)",
    )
    parser.add_argument(
        "--processor-share", action="store_true", help="give each function the share of a processor that its memory buys on AWS"
    )
    parser.add_argument(
        "--log-level", choices=LOG_LEVELS, default="warning", help="of MiniStack's own log lines; all log lines are JSON on stdout"
    )
    return parser


def parse_settings(argv: list[str]) -> Settings:
    """The settings that argv asks for. Raises SettingsError with one clear message."""
    args = _parser().parse_args(argv)
    if args.host != LOOPBACK:
        raise SettingsError(f"--host {args.host} is refused: the emulator is for programs of this machine, so it serves {LOOPBACK} only")
    if not 1 <= args.port <= 65535:
        raise SettingsError(f"--port must be 1..65535, not {args.port}")
    try:
        phase = Phase(args.rule_second, args.rule_jitter_ms, args.seed)
    except PhaseError as error:
        raise SettingsError(f"--rule-second, --rule-jitter-ms: {error}") from None
    state_dir = args.state_dir.resolve()
    return Settings(
        port=args.port,
        state_dir=state_dir,
        persist=args.persist,
        phase=phase,
        watch_parent=args.watch_parent,
        log_level=args.log_level,
        access_key_file=getattr(args, "access_key_file", state_dir / "access-key").resolve(),
        processor_share=args.processor_share,
    )
