"""Serves MiniStack until it is asked to stop, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
import threading
import time
from typing import NoReturn

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app as ministack
from ministack.core import lambda_runtime

from access import with_access, write_key
from admin import Admin, with_admin
from answers import WithheldAnswers
from faults import FaultBook
from gaps import close_gaps
from gaps.registry import GapError
from json_lines import log, log_as_json_lines
from ministack_rules import MiniStackRules
from processor_share import ProcessorShares, ShareError, share_processor_by_memory
from rule_clock import RuleClock
from settings import LOOPBACK, Settings
from state_dir import StateDir

# Open requests get this long at the end, workers as long again, and then the process ends even if something hangs.
GRACE_S = 0.5
LAST_RESORT_S = 10 * GRACE_S
PARENT_POLL_S = 0.2


def run_emulator(settings: Settings, state_dir: StateDir, key: str, parent: int) -> NoReturn:
    """Closes the gaps and serves until asked to stop, then ends the process: with 0, or another code if it cannot start."""
    log_as_json_lines(settings.log_level)
    if not _port_is_free(settings.port):
        log.error("port %d is taken: stop what serves there or choose another --port", settings.port)
        _end_process(2)
    clock = RuleClock(MiniStackRules(), settings.phase)
    try:
        gaps = close_gaps(clock)
    except GapError as error:
        log.error("%s", error)
        _end_process(3)
    shares = _processor_shares() if settings.processor_share else None
    try:
        write_key(settings.access_key_file, key)
    except OSError as error:
        log.error("the access key cannot be written to --access-key-file %s: %s", settings.access_key_file, error.strerror)
        _end_process(2)
    log.info("gaps to AWS closed", extra={"fields": {"gaps": [gap.name for gap in gaps]}})
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    _stop_on_signals(loop, stop)
    if settings.watch_parent:
        _stop_with_parent(parent)
    log.info("starting", extra={"fields": {"port": settings.port, "stateDir": str(state_dir.root), "pid": os.getpid()}})
    answers = WithheldAnswers(FaultBook(clock.faults.ids))
    app = with_access(with_admin(answers.around(ministack.app, lambda: time.time() * 1000), Admin(clock, answers)), key)
    loop.run_until_complete(serve(app, _server_config(settings), shutdown_trigger=stop.wait))
    settings.access_key_file.unlink(missing_ok=True)
    _end_workers(state_dir)
    if shares:
        shares.end()
    log.info("stopped")
    _end_process(0)


def _port_is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def _processor_shares() -> ProcessorShares:
    """The processor shares of this machine, in effect; ends the process with 2 if there are none."""
    try:
        shares = ProcessorShares.here()
    except ShareError as error:
        log.error("--processor-share is not possible here: %s", error)
        _end_process(2)
    share_processor_by_memory(shares)
    return shares


def _server_config(settings: Settings) -> Config:
    config = Config()
    config.bind = [f"{LOOPBACK}:{settings.port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = GRACE_S
    config.loglevel = settings.log_level.upper()
    config.errorlog = logging.getLogger("hypercorn")
    return config


def _stop_on_signals(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    def told() -> None:
        stop.set()
        threading.Thread(target=_last_resort, name="last-resort", daemon=True).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told)


def _stop_with_parent(parent: int) -> None:
    """Sends this process a SIGTERM once its parent is another: a parent that dies leaves us to init or a reaper."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_POLL_S)
        log.info("the process that started the emulator has ended; stopping")
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="watch-parent", daemon=True).start()


def _last_resort() -> None:
    time.sleep(LAST_RESORT_S)
    log.error("stopping hangs; ending at once")
    _kill_workers()
    _end_process(1)


def _kill_workers() -> None:
    for workers in list(lambda_runtime._workers.values()):
        for worker in workers:
            process = worker._proc
            if process is not None:
                process.kill()


def _end_workers(state_dir: StateDir) -> None:
    lambda_runtime._REAP_GRACE = GRACE_S
    lambda_runtime.reset()
    state_dir.empty_scratch()


def _end_process(code: int) -> NoReturn:
    """Ends without waiting for MiniStack's threads: one that runs a Lambda may last as long as the Lambda's timeout."""
    sys.stdout.flush()
    os._exit(code)
