"""When a scheduled rule fires: pure functions of the expression, the phase and the clock. Instants are epoch ms, UTC."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

MINUTE_MS = 60_000


class PhaseError(ValueError):
    """A phase that does not lie within the minute."""


@dataclass(frozen=True)
class Phase:
    """The place in a minute at which rules fire: `second`, plus a jitter of 0..jitter_ms drawn from the seed."""

    second: int
    jitter_ms: int
    seed: int

    def __post_init__(self) -> None:
        if not 0 <= self.second <= 59:
            raise PhaseError(f"the second must be 0..59, not {self.second}")
        longest = (60 - self.second) * 1000 - 1
        if not 0 <= self.jitter_ms <= longest:
            raise PhaseError(
                f"with second {self.second} the jitter must be 0..{longest} ms, so that a firing stays within its minute, not {self.jitter_ms}"
            )

    def instant_ms(self, rule: str, minute_ms: int) -> int:
        """When the rule fires for that minute. The same seed, rule and minute always give the same instant."""
        drawn = hashlib.sha256(f"{self.seed}|{rule}|{minute_ms}".encode()).digest()
        jitter_ms = int.from_bytes(drawn[:8], "big") % (self.jitter_ms + 1)
        return minute_ms + self.second * 1000 + jitter_ms


class Schedule(Protocol):
    """Which minutes a schedule expression names."""

    nominal: bool
    lead_ms: int

    def due_from(self, minute_ms: int) -> int | None:
        """The first due minute from minute_ms on, that minute included, of a rule that has not fired yet."""

    def due_after(self, fired_minute_ms: int) -> int | None:
        """The due minute that follows one that has fired."""


@dataclass(frozen=True)
class CronSchedule:
    """A cron expression. Its events carry the nominal minute."""

    due_at_or_after: Callable[[int], int | None]
    nominal: bool = True
    lead_ms: int = 0

    def due_from(self, minute_ms: int) -> int | None:
        return self.due_at_or_after(minute_ms)

    def due_after(self, fired_minute_ms: int) -> int | None:
        return self.due_at_or_after(fired_minute_ms + MINUTE_MS)


@dataclass(frozen=True)
class RateSchedule:
    """A rate expression: it counts from the rule's start. Its events carry the actual second."""

    minutes: int
    nominal: bool = False

    @property
    def lead_ms(self) -> int:
        """How long after its start the rule begins to look for a phase second: a rate of 1 minute takes the next one."""
        return (self.minutes - 1) * MINUTE_MS

    def due_from(self, minute_ms: int) -> int | None:
        return minute_ms

    def due_after(self, fired_minute_ms: int) -> int | None:
        return fired_minute_ms + self.minutes * MINUTE_MS


@dataclass(frozen=True)
class PlannedFiring:
    """The next firing of a rule."""

    minute_ms: int
    instant_ms: int


def floor_minute(instant_ms: int) -> int:
    """Second 0 of the instant's minute."""
    return instant_ms - instant_ms % MINUTE_MS


def plan_first(schedule: Schedule, phase: Phase, rule: str, now_ms: int) -> PlannedFiring | None:
    """The first firing of a rule that was created or enabled just now: never one whose instant has passed."""
    earliest_ms = now_ms + schedule.lead_ms
    start = floor_minute(earliest_ms)
    for minute in (start, start + MINUTE_MS):
        due = schedule.due_from(minute)
        if due is None:
            return None
        planned = PlannedFiring(due, phase.instant_ms(rule, due))
        if planned.instant_ms > earliest_ms:
            return planned
    raise AssertionError("a firing lies within its minute, so the next minute's is ahead")


def plan_next(schedule: Schedule, phase: Phase, rule: str, fired_minute_ms: int) -> PlannedFiring | None:
    """The firing after the one for fired_minute_ms."""
    due = schedule.due_after(fired_minute_ms)
    return None if due is None else PlannedFiring(due, phase.instant_ms(rule, due))


def replan(planned: PlannedFiring, phase: Phase, rule: str, now_ms: int) -> PlannedFiring:
    """The same firing under a new phase. If the new instant has passed, the old one stays: no minute is lost or doubled."""
    moved = PlannedFiring(planned.minute_ms, phase.instant_ms(rule, planned.minute_ms))
    return moved if moved.instant_ms > now_ms else planned


def replan_first(schedule: Schedule, planned: PlannedFiring, phase: Phase, rule: str, now_ms: int) -> PlannedFiring:
    """The firing under a new phase of a rule that has not fired yet: the sooner of its planned one and one planned now."""
    moved = replan(planned, phase, rule, now_ms)
    anew = plan_first(schedule, phase, rule, now_ms)
    return min(moved, anew or moved, key=lambda firing: firing.instant_ms)


def event_time_ms(schedule: Schedule, minute_ms: int, fired_ms: int) -> int:
    """The event's `time`, in whole seconds: the nominal minute of a cron rule, the actual second of a rate rule."""
    return minute_ms if schedule.nominal else fired_ms - fired_ms % 1000
