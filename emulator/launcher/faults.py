"""Faults: those of rule firings, and which event gets a fault that is to come. Pure: no clock, no I/O."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

KINDS = ("twice", "late", "lost")
# The fault of a request, which answers.py knows.
ANSWER_WITHHELD = "answer-withheld"
LONGEST_DELAY_S = 3600


class BadRequest(ValueError):
    """A request that cannot be carried out; its text says why."""


class Pending(Protocol):
    """A fault to come, of a firing or a request: of an event."""

    id: int

    def fits(self, event: Any) -> bool:
        """Whether the fault is for this event."""

    @property
    def ready(self) -> bool:
        """Whether it lets no more events pass first."""

    def passed(self: AnyFault) -> AnyFault:
        """What is left when one event has passed that it lets pass."""

    def used(self: AnyFault) -> AnyFault | None:
        """What is left when one event has met it."""


AnyFault = TypeVar("AnyFault", bound=Pending)


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

    def fits(self, rule: str) -> bool:
        """Whether the fault is for this rule: by its name or a prefix of it."""
        return rule.startswith(self.rule)

    @property
    def ready(self) -> bool:
        """Whether it lets no more firings pass first."""
        return self.afterFirings == 0

    def passed(self) -> Fault:
        """What is left when one firing has passed that it lets pass."""
        return replace(self, afterFirings=self.afterFirings - 1)

    def used(self) -> Fault | None:
        """What is left when one firing has met it."""
        return replace(self, firings=self.firings - 1) if self.firings > 1 else None

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
        raise BadRequest(f"fault must be one of {', '.join((*KINDS, ANSWER_WITHHELD))}, not {kind!r}")
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


def take(pending: tuple[AnyFault, ...], event: Any) -> tuple[AnyFault | None, tuple[AnyFault, ...]]:
    """One event: the fault it gets, if any, and what is then pending.

    The oldest fault that is ready wins; every fault that still lets good events pass counts this one.
    """
    chosen: AnyFault | None = None
    left: list[AnyFault] = []
    for fault in pending:
        if not fault.fits(event):
            left.append(fault)
        elif not fault.ready:
            left.append(fault.passed())
        elif chosen is None:
            chosen = fault
            rest = fault.used()
            if rest is not None:
                left.append(rest)
        else:
            left.append(fault)
    return chosen, tuple(left)


class FaultBook(Generic[AnyFault]):
    """The pending faults of one sort in a running emulator; any thread may use it."""

    def __init__(self, ids: Iterator[int] | None = None) -> None:
        """`ids` gives each fault its id; books that share it have no id in common."""
        self.ids = ids or itertools.count(1)
        self._pending: tuple[AnyFault, ...] = ()
        self._lock = threading.Lock()

    @property
    def pending(self) -> tuple[AnyFault, ...]:
        """The faults to come, oldest first."""
        return self._pending

    def add(self, fault: AnyFault) -> AnyFault:
        """Puts a fault at the end of the queue and gives it its id."""
        with self._lock:
            added = replace(fault, id=next(self.ids))
            self._pending += (added,)
            return added

    def take(self, event: Any) -> AnyFault | None:
        """The fault for this event, if any."""
        with self._lock:
            chosen, self._pending = take(self._pending, event)
            return chosen

    def clear(self) -> int:
        """Forgets every pending fault; says how many there were."""
        with self._lock:
            count, self._pending = len(self._pending), ()
            return count
