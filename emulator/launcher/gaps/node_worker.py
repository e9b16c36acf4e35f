"""The script of MiniStack's Node worker, and what is put into it."""

from __future__ import annotations

from pathlib import Path

from ministack.core import lambda_runtime

from gaps.registry import replaced_once

LOOP_STARTS = "let handlerFn = null;\n"
# The worker's last line of an invocation on the channel of its log.
END_OF_INVOCATION = "END-OF-INVOCATION "


def change_script(old: str, new: str) -> None:
    """Replaces a part that the script has exactly once; raises GapError otherwise."""
    lambda_runtime._NODEJS_WORKER_SCRIPT = replaced_once(lambda_runtime._NODEJS_WORKER_SCRIPT, old, new)


def add_runtime() -> None:
    """Puts node_worker.js in front of the worker's loop, once."""
    runtime = (Path(__file__).parent / "node_worker.js").read_text(encoding="utf-8")
    if runtime not in lambda_runtime._NODEJS_WORKER_SCRIPT:
        change_script(LOOP_STARTS, runtime + LOOP_STARTS)
