"""Gives a function's process the share of a processor that its memory buys on AWS, by a control group of Linux."""

from __future__ import annotations

import contextlib
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime

# AWS: "At 1,769 MB, a function has the equivalent of one vCPU", and less or more in proportion.
PROCESSOR_MB = 1769
# Length of a period, in which a process may use its share and then stands still; by published measurements of Lambda.
PERIOD_US = 20_000
# The kernel takes no smaller quota.
LEAST_QUOTA_US = 1000
PREFIX = "metronome-"


class ShareError(Exception):
    """This machine cannot limit a process; its text says why."""


def quota_us(memory_mb: int) -> int:
    """The processor time of a period that a function of this memory gets, in µs; may be more than the period."""
    return max(LEAST_QUOTA_US, round(PERIOD_US * memory_mb / PROCESSOR_MB))


@dataclass(frozen=True)
class Place:
    """A directory of the kernel in which groups can be made: of control groups version 1 or 2."""

    directory: Path
    version: int


def places(mounts: str, own: str) -> list[Place]:
    """Where groups might be made, best first.

    mounts is the text of /proc/self/mounts, own that of /proc/self/cgroup.
    """
    paths = {controllers: path for _, controllers, path in (line.split(":", 2) for line in own.splitlines())}
    found: list[Place] = []
    for _, mount, kind, options, *_ in (line.split() for line in mounts.splitlines()):
        root = Path(mount)
        if kind == "cgroup" and "cpu" in options.split(","):
            path = next((path for controllers, path in paths.items() if "cpu" in controllers.split(",")), "/")
            found += [Place(one, 1) for one in dict.fromkeys((root / path.lstrip("/"), root))]
        elif kind == "cgroup2":
            here = root / paths.get("", "/").lstrip("/")
            # A group with processes of its own cannot limit groups in it, so the one beside it comes first.
            found += [Place(one, 2) for one in dict.fromkeys((here.parent if here != root else here, here))]
    return found


class ProcessorShares:
    """Limits processes. Each gets a group of its own, which is removed when the process has ended."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._prefix = f"{PREFIX}{os.getpid()}-"
        self._lock = threading.Lock()

    @classmethod
    def here(cls) -> ProcessorShares:
        """The shares of this machine. Raises ShareError if it has no way to limit a process."""
        try:
            found = places(Path("/proc/self/mounts").read_text(), Path("/proc/self/cgroup").read_text())
        except OSError:
            raise ShareError("this system has no control groups (Linux has)") from None
        return cls.first_of(found)

    @classmethod
    def first_of(cls, found: list[Place]) -> ProcessorShares:
        """The shares of the first place that works. Raises ShareError with the reason of each that does not."""
        reasons = []
        for place in found:
            try:
                shares = cls(place)
                shares.try_out()
                return shares
            except (OSError, ShareError) as error:
                reasons.append(f"{place.directory}: {error.strerror if isinstance(error, OSError) else error}")
        raise ShareError("; ".join(reasons) or "no control group with the controller cpu is mounted")

    def try_out(self) -> None:
        """Makes a group and removes it, and those that a killed emulator left. Raises OSError or ShareError."""
        if self._place.version == 2:
            self._pass_controller_on()
        group = self._make("check", quota_us(PROCESSOR_MB))
        group.rmdir()
        for left in self._place.directory.glob(f"{PREFIX}*"):
            emulator = left.name.removeprefix(PREFIX).partition("-")[0]
            if not Path("/proc", emulator).exists():
                with contextlib.suppress(OSError):
                    left.rmdir()

    def limit(self, pid: int, memory_mb: int) -> None:
        """Gives a process the share of its memory, from now on. Raises OSError."""
        with self._lock:
            self._remove_empty()
            group = self._make(str(pid), quota_us(memory_mb))
            (group / "cgroup.procs").write_text(str(pid))

    def end(self) -> None:
        """Removes the groups of processes that have ended."""
        with self._lock:
            self._remove_empty()

    def _pass_controller_on(self) -> None:
        directory = self._place.directory
        if "cpu" not in (directory / "cgroup.controllers").read_text().split():
            raise ShareError("the controller cpu is not passed on to it")
        control = directory / "cgroup.subtree_control"
        if "cpu" not in control.read_text().split():
            control.write_text("+cpu")

    def _make(self, name: str, quota: int) -> Path:
        group = self._place.directory / f"{self._prefix}{name}"
        group.mkdir(exist_ok=True)
        try:
            if self._place.version == 2:
                _set(group / "cpu.max", f"{quota} {PERIOD_US}")
            else:
                _set(group / "cpu.cfs_period_us", str(PERIOD_US))
                _set(group / "cpu.cfs_quota_us", str(quota))
        except OSError:
            group.rmdir()
            raise
        return group

    def _remove_empty(self) -> None:
        for group in self._place.directory.glob(f"{self._prefix}*"):
            # The kernel removes no group that has a process.
            with contextlib.suppress(OSError):
                group.rmdir()


def _set(file: Path, value: str) -> None:
    """Writes a setting of the kernel's; a file that is not there is an error, and is not created."""
    descriptor = os.open(file, os.O_WRONLY)
    try:
        os.write(descriptor, value.encode())
    finally:
        os.close(descriptor)


def share_processor_by_memory(shares: ProcessorShares) -> None:
    """Has every Node process limited once it has loaded its function. While a function initializes, AWS gives it more than its
    memory's share, by published measurements; so nothing is limited until then."""
    spawn = lambda_runtime.Worker._spawn

    def spawn_and_limit(worker: Any) -> None:
        spawn(worker)
        shares.limit(worker._proc.pid, int(worker.config.get("MemorySize", 128)))

    lambda_runtime.Worker._spawn = spawn_and_limit
