"""When rules fire: the pure functions."""

from __future__ import annotations

import unittest

from firing import (
    MINUTE_MS,
    CronSchedule,
    Phase,
    PhaseError,
    PlannedFiring,
    RateSchedule,
    event_time_ms,
    plan_first,
    plan_next,
    replan,
    replan_first,
)

NOON = 1_795_348_800_000
EVERY_MINUTE = CronSchedule(lambda minute_ms: minute_ms)
NEVER = CronSchedule(lambda _minute_ms: None)
AT_37 = Phase(37, 0, 1)


class PhaseTest(unittest.TestCase):
    def test_a_firing_lies_within_its_jitter(self) -> None:
        phase = Phase(37, 400, 1)
        jitters = [phase.instant_ms("tick", NOON + n * MINUTE_MS) - NOON - n * MINUTE_MS - 37_000 for n in range(500)]
        self.assertGreaterEqual(min(jitters), 0)
        self.assertLessEqual(max(jitters), 400)
        self.assertGreater(max(jitters) - min(jitters), 350)

    def test_the_seed_decides_the_jitter(self) -> None:
        same = [Phase(37, 400, 7).instant_ms("tick", NOON) for _ in range(2)]
        self.assertEqual(same[0], same[1])
        others = {Phase(37, 400, seed).instant_ms("tick", NOON) for seed in range(20)}
        self.assertGreater(len(others), 10)

    def test_a_phase_outside_the_minute_is_refused(self) -> None:
        for second, jitter in ((-1, 0), (60, 0), (37, -1), (59, 1000), (0, 60_000)):
            with self.subTest(second=second, jitter=jitter), self.assertRaises(PhaseError):
                Phase(second, jitter, 1)
        self.assertEqual(Phase(59, 999, 1).second, 59)


class PlanTest(unittest.TestCase):
    def test_a_rule_created_before_the_second_fires_in_the_same_minute(self) -> None:
        self.assertEqual(plan_first(EVERY_MINUTE, AT_37, "tick", NOON + 20_000), PlannedFiring(NOON, NOON + 37_000))

    def test_a_rule_enabled_after_the_second_does_not_catch_up(self) -> None:
        for late in (37_000, 37_001, 59_999):
            with self.subTest(late=late):
                planned = plan_first(EVERY_MINUTE, AT_37, "tick", NOON + late)
                self.assertEqual(planned, PlannedFiring(NOON + MINUTE_MS, NOON + MINUTE_MS + 37_000))

    def test_a_schedule_without_a_minute_left_has_no_firing(self) -> None:
        self.assertIsNone(plan_first(NEVER, AT_37, "tick", NOON))
        self.assertIsNone(plan_next(NEVER, AT_37, "tick", NOON))

    def test_a_rate_rule_counts_from_its_start(self) -> None:
        self.assertEqual(plan_first(RateSchedule(1), AT_37, "tick", NOON + 20_000), PlannedFiring(NOON, NOON + 37_000))
        self.assertEqual(
            plan_first(RateSchedule(5), AT_37, "tick", NOON + 20_000), PlannedFiring(NOON + 4 * MINUTE_MS, NOON + 4 * MINUTE_MS + 37_000)
        )
        self.assertEqual(
            plan_next(RateSchedule(5), AT_37, "tick", NOON), PlannedFiring(NOON + 5 * MINUTE_MS, NOON + 5 * MINUTE_MS + 37_000)
        )

    def test_a_new_phase_neither_loses_nor_doubles_the_minute(self) -> None:
        planned = PlannedFiring(NOON, NOON + 37_000)
        self.assertEqual(replan(planned, Phase(50, 0, 1), "tick", NOON + 20_000).instant_ms, NOON + 50_000)
        self.assertEqual(replan(planned, Phase(10, 0, 1), "tick", NOON + 20_000), planned)

    def test_a_rule_that_has_not_fired_takes_the_next_new_second(self) -> None:
        planned = plan_first(EVERY_MINUTE, Phase(0, 0, 1), "tick", NOON + 20_000)
        assert planned is not None
        self.assertEqual(replan_first(EVERY_MINUTE, planned, Phase(25, 0, 1), "tick", NOON + 20_000), PlannedFiring(NOON, NOON + 25_000))
        self.assertEqual(
            replan_first(EVERY_MINUTE, planned, Phase(10, 0, 1), "tick", NOON + 20_000),
            PlannedFiring(NOON + MINUTE_MS, NOON + MINUTE_MS + 10_000),
        )

    def test_event_time_is_nominal_for_cron_and_actual_for_rate(self) -> None:
        self.assertEqual(event_time_ms(EVERY_MINUTE, NOON, NOON + 37_250), NOON)
        self.assertEqual(event_time_ms(RateSchedule(1), NOON, NOON + 37_250), NOON + 37_000)


if __name__ == "__main__":
    unittest.main()
