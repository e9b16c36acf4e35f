"""The loop that fires rules, under an injected clock."""

from __future__ import annotations

import logging
import unittest
from collections.abc import Hashable, Mapping
from typing import Any

from faults import Fault
from firing import MINUTE_MS, CronSchedule, Phase, RateSchedule, Schedule
from json_lines import iso_ms
from rule_clock import Rule, RuleClock

NOON = 1_795_348_800_000
EVERY_MINUTE = CronSchedule(lambda minute_ms: minute_ms)


class World:
    """A clock that a test moves, rules that it changes, and what was delivered."""

    def __init__(self) -> None:
        self.now_ms = NOON
        self.rules: dict[Hashable, Rule] = {}
        self.delivered: list[tuple[str, float, int]] = []
        self.clock = RuleClock(self, Phase(37, 0, 1), lambda: self.now_ms)

    def add(self, name: str, schedule: Schedule = EVERY_MINUTE, expression: str = "cron(* * * * ? *)") -> None:
        self.rules[name] = Rule(name, name, expression, schedule)

    def enabled(self) -> Mapping[Hashable, Rule]:
        return dict(self.rules)

    def deliver(self, key: Hashable, time_ms: int) -> None:
        self.delivered.append((str(key), (self.now_ms - NOON) / 1000, (time_ms - NOON) // 1000))

    def run(self, until_s: float) -> list[tuple[str, float, int]]:
        """Steps to a second after noon. What was delivered meanwhile: rule, second after noon, second that `time` names."""
        before = len(self.delivered)
        while self.now_ms < NOON + until_s * 1000:
            self.now_ms = max(self.now_ms + 1, min(self.clock.step(self.now_ms), int(NOON + until_s * 1000)))
        return self.delivered[before:]


class RuleClockTest(unittest.TestCase):
    def setUp(self) -> None:
        logging.disable(logging.CRITICAL)
        self.addCleanup(logging.disable, logging.NOTSET)
        self.world = World()

    def test_it_fires_once_a_minute_at_the_phase(self) -> None:
        self.world.add("cron")
        self.world.add("rate", RateSchedule(1), "rate(1 minute)")
        fired = self.world.run(180)
        self.assertEqual([f for f in fired if f[0] == "cron"], [("cron", 37, 0), ("cron", 97, 60), ("cron", 157, 120)])
        self.assertEqual([f for f in fired if f[0] == "rate"], [("rate", 37, 37), ("rate", 97, 97), ("rate", 157, 157)])

    def test_a_rule_enabled_again_does_not_catch_up(self) -> None:
        self.world.add("tick")
        self.assertEqual(len(self.world.run(40)), 1)
        del self.world.rules["tick"]
        self.assertEqual(self.world.run(110), [])
        self.world.add("tick")
        self.assertEqual(self.world.run(180), [("tick", 157, 120)])

    def test_a_rule_s_first_firing_is_the_next_phase_second(self) -> None:
        self.world.run(20)
        self.world.add("early")
        self.world.run(38)
        self.world.add("late")
        self.assertEqual(self.world.run(100), [("early", 97, 60), ("late", 97, 60)])
        self.assertEqual(self.world.delivered[0], ("early", 37, 0))

    def test_a_changed_expression_is_planned_anew(self) -> None:
        self.world.add("tick")
        self.world.run(40)
        self.world.add("tick", RateSchedule(2), "rate(2 minutes)")
        self.assertEqual(self.world.run(300), [("tick", 157, 157), ("tick", 277, 277)])

    def test_twice_late_and_lost(self) -> None:
        self.world.add("tick")
        for fault in (Fault("tick", "twice"), Fault("tick", "late", delaySeconds=59), Fault("tick", "lost")):
            self.world.clock.faults.add(fault)
        fired = self.world.run(280)
        expected = [("tick", 37, 0), ("tick", 37.12, 0), ("tick", 97 + 59, 60), ("tick", 217, 180), ("tick", 277, 240)]
        self.assertEqual(fired, expected)
        self.assertEqual([f["fault"] for f in self.world.clock.firings()], ["twice", "twice", "late", "lost", None, None])

    def test_a_late_firing_does_not_hold_up_the_next(self) -> None:
        self.world.add("tick")
        self.world.clock.faults.add(Fault("tick", "late", delaySeconds=90))
        self.assertEqual(self.world.run(160), [("tick", 97, 60), ("tick", 127, 0), ("tick", 157, 120)])

    def test_the_firings_say_what_happened(self) -> None:
        self.world.add("tick")
        self.world.clock.faults.add(Fault("tick", "late", delaySeconds=2, afterFirings=1))
        self.world.clock.faults.add(Fault("tick", "lost", afterFirings=2))
        self.world.run(160)
        expected: list[dict[str, Any]] = [
            {
                "rule": "tick",
                "nominalMinute": iso_ms(NOON),
                "plannedAt": iso_ms(NOON + 37_000),
                "firedAt": iso_ms(NOON + 37_000),
                "fault": None,
            },
            {
                "rule": "tick",
                "nominalMinute": iso_ms(NOON + MINUTE_MS),
                "plannedAt": iso_ms(NOON + 97_000),
                "firedAt": iso_ms(NOON + 99_000),
                "fault": "late",
            },
            {
                "rule": "tick",
                "nominalMinute": iso_ms(NOON + 2 * MINUTE_MS),
                "plannedAt": iso_ms(NOON + 157_000),
                "firedAt": None,
                "fault": "lost",
            },
        ]
        self.assertEqual(self.world.clock.firings(), expected)

    def test_the_phase_moves_without_losing_or_doubling_a_minute(self) -> None:
        self.world.add("tick")
        self.world.run(20)
        self.world.clock.change_phase(Phase(10, 0, 1))
        self.world.run(90)
        self.world.clock.change_phase(Phase(58, 0, 1))
        self.world.run(200)
        self.assertEqual([second for _, second, _ in self.world.delivered], [37, 70, 178])

    def test_firing_by_hand(self) -> None:
        self.world.add("tick")
        self.world.run(10)
        self.world.clock.faults.add(Fault("tick", "lost"))
        self.assertTrue(self.world.clock.fire_by_hand("tick"))
        self.assertFalse(self.world.clock.fire_by_hand("tock"))
        self.assertEqual(self.world.delivered, [("tick", 10, 0)])
        self.assertEqual(self.world.clock.firings()[0]["fault"], "by hand")
        self.assertEqual(self.world.run(60), [])

    def test_a_machine_that_slept_starts_afresh(self) -> None:
        self.world.add("tick")
        self.world.run(10)
        self.world.now_ms = NOON + 600_000
        self.assertEqual(self.world.run(700), [("tick", 637, 600), ("tick", 697, 660)])

    def test_upcoming_shows_plans_and_late_deliveries(self) -> None:
        self.world.add("tick")
        self.world.clock.faults.add(Fault("tick", "late", delaySeconds=30))
        self.world.run(40)
        self.assertEqual(
            [(u["plannedAt"], u["fault"]) for u in self.world.clock.upcoming()],
            [(iso_ms(NOON + 67_000), "late"), (iso_ms(NOON + 97_000), None)],
        )


if __name__ == "__main__":
    unittest.main()
