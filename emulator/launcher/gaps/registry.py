"""The list of closed gaps: what each is for, and whether MiniStack still has the code that it replaces."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

MINISTACK_VERSION = "1.5.33"


class GapError(Exception):
    """MiniStack is not the one that the gaps were measured in."""


@dataclass(frozen=True)
class ClosedGap:
    """A difference to AWS that a named function removes; its docstring is the reason."""

    close: Callable[..., None]
    replaces: tuple[str, ...]

    @property
    def name(self) -> str:
        """The function's name, as docs/emulator.md lists it."""
        return self.close.__name__

    def as_json(self) -> dict[str, Any]:
        """Name, reason and what is replaced."""
        return {"name": self.name, "reason": inspect.getdoc(self.close), "replaces": list(self.replaces)}


_closed: list[ClosedGap] = []


def closes_gap(*replaces: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Registers a function that closes a gap; `replaces` names MiniStack's symbols as module:symbol, so their absence is noticed."""

    def register(close: Callable[..., None]) -> Callable[..., None]:
        _closed.append(ClosedGap(close, replaces))
        return close

    return register


def closed_gaps() -> list[ClosedGap]:
    """All registered gaps, in the order of their modules."""
    return list(_closed)


def resolve(reference: str) -> Any:
    """The object that module:symbol names within MiniStack. Raises GapError if it does not exist."""
    module_name, _, symbol = reference.partition(":")
    try:
        found: Any = importlib.import_module(f"ministack.{module_name}")
        for part in symbol.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError):
        raise GapError(f"MiniStack {version('ministack')} has no {reference}; the gaps were measured in {MINISTACK_VERSION}") from None
    return found


def check_ministack() -> None:
    """Raises GapError unless this is the MiniStack that the gaps were measured in, with every symbol they replace."""
    found = version("ministack")
    if found != MINISTACK_VERSION:
        raise GapError(f"MiniStack is {found}, the gaps were measured in {MINISTACK_VERSION}: install emulator/launcher/requirements.txt")
    for gap in _closed:
        for reference in gap.replaces:
            resolve(reference)


def replaced_once(text: str, old: str, new: str) -> str:
    """text with its only occurrence of old replaced. Raises GapError unless text has old exactly once."""
    if text.count(old) != 1:
        raise GapError(f"a part of MiniStack's worker script is not there exactly once: {old.strip().splitlines()[0]}")
    return text.replace(old, new)
