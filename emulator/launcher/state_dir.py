"""The one directory that an emulator writes to."""

from __future__ import annotations

import fcntl
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO


class StateDirInUse(Exception):
    """Another emulator runs on this directory."""


@dataclass(frozen=True)
class StateDir:
    """The directory's parts. Holding it keeps every other emulator out of it."""

    root: Path
    lock: TextIO

    @property
    def state(self) -> Path:
        """The directory of the resources at the end of a run with --persist."""
        return self.root / "state"

    @property
    def objects(self) -> Path:
        """S3 objects, written as they come."""
        return self.root / "s3"

    @property
    def scratch(self) -> Path:
        """Unpacked function code and other temporary files: emptied at start and end."""
        return self.root / "tmp"

    @classmethod
    def claim(cls, root: Path) -> StateDir:
        """Makes the directory ready for this process, or raises StateDirInUse."""
        root.mkdir(parents=True, exist_ok=True)
        # It holds the access key, Terraform's state and the code of functions: for this user alone.
        root.chmod(0o700)
        lock = open(root / "lock", "w", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            raise StateDirInUse(f"--state-dir {root} is in use by another emulator: stop that one or name another directory") from None
        directory = cls(root, lock)
        directory.empty_scratch()
        for part in (directory.state, directory.objects, directory.scratch):
            part.mkdir(exist_ok=True)
        return directory

    def empty_scratch(self) -> None:
        """Removes the temporary files, also those that a killed emulator left behind."""
        shutil.rmtree(self.scratch, ignore_errors=True)
