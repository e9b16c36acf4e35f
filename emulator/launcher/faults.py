"""Faults of rule firings: what is asked for, and which firing gets it. Pure: no clock, no I/O."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

KINDS = ("twice", "late", "lost")
LONGEST_DELAY_S = 3600


class BadRequest(ValueError):
    """A request that cannot be carried out; its text says why."""


@dataclass(frozen=True)
class Fault:
    """A fault for the next `firings` firings of the rules it names, after `afterFirings` good ones."""

    rule: str
    fault: str
    delaySeconds: float = 59
    gapMs: int = 120
    firings: int = 1
    afterFirings: int = 0
    id: int = 0

    def names(self, rule: str) -> bool:
        """Whether the fault is for this rule: by its name or a prefix of it."""
        return rule.startswith(self.rule)

    def delays_ms(self) -> list[int]:
        """How long after its instant each delivery of a firing with this fault comes."""
        return {"twice": [0, self.gapMs], "late": [round(self.delaySeconds * 1000)], "lost": []}[self.fault]

    def as_json(self) -> dict[str, Any]:
        """The fault as the admin endpoint shows it."""
        return asdict(self)


def whole_number(body: Mapping[str, Any], name: str, default: int, low: int, high: int) -> int:
    """body[name], a whole number of low..high. Raises BadRequest."""
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BadRequest(f"{name} must be a whole number of {low}..{high}, not {value!r}")
    return value


def refuse_unknown(body: Any, known: set[str]) -> None:
    """Raises BadRequest unless body is an object with known members only."""
    if not isinstance(body, dict):
        raise BadRequest("the body must be a JSON object")
    unknown = sorted(set(body) - known)
    if unknown:
        raise BadRequest(f"unknown member {unknown[0]!r}; known are {', '.join(sorted(known))}")


def rule_name(body: Mapping[str, Any]) -> str:
    """body["rule"], a name or prefix. Raises BadRequest."""
    rule = body.get("rule")
    if not isinstance(rule, str) or not rule:
        raise BadRequest("rule must be the name of a rule, or a prefix of names")
    return rule


def parse_fault(body: Any) -> Fault:
    """The fault that a request body asks for. Raises BadRequest."""
    refuse_unknown(body, {"rule", "fault", "delaySeconds", "gapMs", "firings", "afterFirings"})
    kind = body.get("fault")
    if kind not in KINDS:
        raise BadRequest(f"fault must be one of {', '.join(KINDS)}, not {kind!r}")
    delay_s = body.get("delaySeconds", Fault.delaySeconds)
    if isinstance(delay_s, bool) or not isinstance(delay_s, (int, float)) or not 0 < delay_s <= LONGEST_DELAY_S:
        raise BadRequest(f"delaySeconds must be a number above 0, at most {LONGEST_DELAY_S}, not {delay_s!r}")
    return Fault(
        rule=rule_name(body),
        fault=kind,
        delaySeconds=delay_s,
        gapMs=whole_number(body, "gapMs", Fault.gapMs, 0, 60_000),
        firings=whole_number(body, "firings", Fault.firings, 1, 10_000),
        afterFirings=whole_number(body, "afterFirings", Fault.afterFirings, 0, 10_000),
    )


def take(pending: tuple[Fault, ...], rule: str) -> tuple[Fault | None, tuple[Fault, ...]]:
    """One firing of the rule: the fault it gets, if any, and what is then pending.

    The oldest fault that is ready wins; every fault that still lets good firings pass counts this one.
    """
    chosen: Fault | None = None
    left: list[Fault] = []
    for fault in pending:
        if not fault.names(rule):
            left.append(fault)
        elif fault.afterFirings > 0:
            left.append(replace(fault, afterFirings=fault.afterFirings - 1))
        elif chosen is None:
            chosen = fault
            if fault.firings > 1:
                left.append(replace(fault, firings=fault.firings - 1))
        else:
            left.append(fault)
    return chosen, tuple(left)


class FaultBook:
    """The pending faults of a running emulator; any thread may use it."""

    def __init__(self) -> None:
        self._pending: tuple[Fault, ...] = ()
        self._ids = itertools.count(1)
        self._lock = threading.Lock()

    @property
    def pending(self) -> tuple[Fault, ...]:
        """The faults to come, oldest first."""
        return self._pending

    def add(self, fault: Fault) -> Fault:
        """Puts a fault at the end of the queue and gives it its id."""
        with self._lock:
            added = replace(fault, id=next(self._ids))
            self._pending += (added,)
            return added

    def take(self, rule: str) -> Fault | None:
        """The fault for this firing of the rule, if any."""
        with self._lock:
            chosen, self._pending = take(self._pending, rule)
            return chosen

    def clear(self) -> int:
        """Forgets every pending fault; says how many there were."""
        with self._lock:
            count, self._pending = len(self._pending), ()
            return count
