"""The loop that fires scheduled rules: at their phase, with the faults that were asked for, remembering what it did."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from faults import Fault, FaultBook
from firing import MINUTE_MS, Phase, PlannedFiring, Schedule, event_time_ms, floor_minute, plan_first, plan_next, replan, replan_first
from json_lines import iso_ms, log

# How soon a new or changed rule is noticed, and how many firings are remembered.
LOOK_EVERY_MS = 100
REMEMBERED = 1000


@dataclass(frozen=True)
class Rule:
    """An enabled rule with a schedule expression."""

    key: Hashable
    name: str
    expression: str
    schedule: Schedule


class Rules(Protocol):
    """The rules, and the way to their targets."""

    def enabled(self) -> Mapping[Hashable, Rule]:
        """The enabled scheduled rules by key."""

    def deliver(self, key: Hashable, time_ms: int) -> None:
        """Hands the rule's targets an event with that `time`."""


@dataclass
class _Plan:
    rule: Rule
    next: PlannedFiring | None
    fired: bool = False


@dataclass(order=True)
class _Delivery:
    instant_ms: int
    order: int
    rule: Rule
    minute_ms: int
    planned_ms: int | None
    time_ms: int
    fault: str | None


class RuleClock:
    """Fires rules. `step` does what is due at an instant; `run` calls it without end."""

    def __init__(self, rules: Rules, phase: Phase, now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000) -> None:
        self.faults: FaultBook[Fault] = FaultBook()
        self._rules = rules
        self._phase = phase
        self._now_ms = now_ms
        self._plans: dict[Hashable, _Plan] = {}
        self._deliveries: list[_Delivery] = []
        self._order = itertools.count()
        self._firings: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)
        self._lock = threading.Lock()

    def run(self) -> None:
        """Steps until the process ends."""
        while True:
            try:
                wake_ms = self.step(self._now_ms())
            except Exception:
                log.exception("firing rules failed; going on")
                wake_ms = self._now_ms() + LOOK_EVERY_MS
            time.sleep(max(0.0, wake_ms - self._now_ms()) / 1000)

    def step(self, now_ms: int) -> int:
        """Fires what is due at now_ms and says when to look again."""
        with self._lock:
            self._follow_changes(now_ms)
            for plan in self._plans.values():
                if plan.next and plan.next.instant_ms <= now_ms:
                    self._fire(plan, now_ms)
            while self._deliveries and self._deliveries[0].instant_ms <= now_ms:
                self._deliver(heapq.heappop(self._deliveries))
            ahead = [plan.next.instant_ms for plan in self._plans.values() if plan.next]
            ahead += [delivery.instant_ms for delivery in self._deliveries[:1]]
            return min([now_ms + LOOK_EVERY_MS, *ahead])

    def change_phase(self, phase: Phase) -> None:
        """Moves all rules to another phase, from their next firing on."""
        with self._lock:
            self._phase = phase
            now_ms = self._now_ms()
            for plan in self._plans.values():
                if plan.next and plan.fired:
                    plan.next = replan(plan.next, phase, plan.rule.name, now_ms)
                elif plan.next:
                    plan.next = replan_first(plan.rule.schedule, plan.next, phase, plan.rule.name, now_ms)

    @property
    def phase(self) -> Phase:
        """The phase that rules fire at."""
        return self._phase

    def fire_by_hand(self, name: str) -> bool:
        """Fires the rule of that name now, faults aside. False if no such rule is enabled."""
        with self._lock:
            now_ms = self._now_ms()
            for rule in self._rules.enabled().values():
                if rule.name == name:
                    minute_ms = floor_minute(now_ms)
                    time_ms = event_time_ms(rule.schedule, minute_ms, now_ms)
                    self._deliver(_Delivery(now_ms, next(self._order), rule, minute_ms, None, time_ms, "by hand"))
                    return True
            return False

    def names(self) -> list[str]:
        """The names of the enabled scheduled rules."""
        return sorted(rule.name for rule in self._rules.enabled().values())

    def firings(self) -> list[dict[str, Any]]:
        """The last firings, oldest first."""
        with self._lock:
            return list(self._firings)

    def upcoming(self) -> list[dict[str, Any]]:
        """The planned firing of each rule and the deliveries that are under way."""
        with self._lock:
            planned = [
                {
                    "rule": plan.rule.name,
                    "nominalMinute": iso_ms(plan.next.minute_ms),
                    "plannedAt": iso_ms(plan.next.instant_ms),
                    "fault": None,
                }
                for plan in self._plans.values()
                if plan.next
            ]
            late = [
                {
                    "rule": delivery.rule.name,
                    "nominalMinute": iso_ms(delivery.minute_ms),
                    "plannedAt": iso_ms(delivery.instant_ms),
                    "fault": delivery.fault,
                }
                for delivery in self._deliveries
            ]
        return sorted(planned + late, key=lambda firing: (firing["plannedAt"], firing["rule"]))

    def _follow_changes(self, now_ms: int) -> None:
        """Plans rules that appeared, were enabled or changed their expression; forgets the others' plans."""
        enabled = self._rules.enabled()
        for key in [key for key in self._plans if key not in enabled]:
            del self._plans[key]
        for key, rule in enabled.items():
            plan = self._plans.get(key)
            if plan is None or plan.rule.expression != rule.expression:
                self._plans[key] = _Plan(rule, plan_first(rule.schedule, self._phase, rule.name, now_ms))

    def _fire(self, plan: _Plan, now_ms: int) -> None:
        """Turns a due firing into deliveries and plans the rule's next one."""
        rule, due = plan.rule, plan.next
        if due is None:
            return
        if now_ms - due.instant_ms >= MINUTE_MS:
            # The machine slept: start afresh instead of firing in a burst.
            log.warning("%s was due at %s while the machine slept; skipped", rule.name, iso_ms(due.instant_ms))
            plan.next = plan_first(rule.schedule, self._phase, rule.name, now_ms)
            return
        plan.fired = True
        plan.next = plan_next(rule.schedule, self._phase, rule.name, due.minute_ms)
        fault = self.faults.take(rule.name)
        kind = fault.fault if fault else None
        delays_ms = fault.delays_ms() if fault else [0]
        time_ms = event_time_ms(rule.schedule, due.minute_ms, now_ms)
        for delay_ms in delays_ms:
            heapq.heappush(
                self._deliveries, _Delivery(now_ms + delay_ms, next(self._order), rule, due.minute_ms, due.instant_ms, time_ms, kind)
            )
        if not delays_ms:
            self._remember(rule.name, due.minute_ms, due.instant_ms, None, kind)

    def _deliver(self, delivery: _Delivery) -> None:
        fired_ms = self._now_ms()
        self._rules.deliver(delivery.rule.key, delivery.time_ms)
        self._remember(delivery.rule.name, delivery.minute_ms, delivery.planned_ms, fired_ms, delivery.fault)

    def _remember(self, rule: str, minute_ms: int, planned_ms: int | None, fired_ms: int | None, fault: str | None) -> None:
        firing = {
            "rule": rule,
            "nominalMinute": iso_ms(minute_ms),
            "plannedAt": None if planned_ms is None else iso_ms(planned_ms),
            "firedAt": None if fired_ms is None else iso_ms(fired_ms),
            "fault": fault,
        }
        self._firings.append(firing)
        log.info("rule firing", extra={"fields": firing})
