"""Faults: what is asked for and which firing gets it."""

from __future__ import annotations

import unittest
from typing import Any

from faults import BadRequest, Fault, FaultBook, parse_fault


class TakeTest(unittest.TestCase):
    def kinds(self, faults: list[Fault], rules: list[str]) -> list[str | None]:
        book = FaultBook()
        for fault in faults:
            book.add(fault)
        taken = [book.take(rule) for rule in rules]
        return [fault.fault if fault else None for fault in taken]

    def test_a_fault_is_for_the_next_firings_of_its_rule(self) -> None:
        self.assertEqual(self.kinds([Fault("a", "lost", firings=2)], ["b", "a", "b", "a", "a"]), [None, "lost", None, "lost", None])

    def test_a_prefix_names_several_rules_that_share_the_count(self) -> None:
        self.assertEqual(self.kinds([Fault("clock_", "twice", firings=2)], ["clock_0", "clock_1", "clock_2"]), ["twice", "twice", None])

    def test_good_firings_may_come_first(self) -> None:
        self.assertEqual(self.kinds([Fault("a", "late", afterFirings=2)], ["a", "a", "a", "a"]), [None, None, "late", None])

    def test_of_two_faults_the_older_comes_first(self) -> None:
        self.assertEqual(self.kinds([Fault("a", "lost"), Fault("a", "twice")], ["a", "a", "a"]), ["lost", "twice", None])

    def test_a_waiting_fault_counts_the_firings_of_another(self) -> None:
        self.assertEqual(self.kinds([Fault("a", "lost"), Fault("a", "twice", afterFirings=1)], ["a", "a", "a"]), ["lost", "twice", None])

    def test_deliveries(self) -> None:
        self.assertEqual(Fault("a", "twice", gapMs=120).delays_ms(), [0, 120])
        self.assertEqual(Fault("a", "late", delaySeconds=59).delays_ms(), [59_000])
        self.assertEqual(Fault("a", "late", delaySeconds=0.5).delays_ms(), [500])
        self.assertEqual(Fault("a", "lost").delays_ms(), [])

    def test_ids_rise_and_clearing_forgets(self) -> None:
        book = FaultBook()
        self.assertEqual([book.add(Fault("a", "lost")).id, book.add(Fault("b", "lost")).id], [1, 2])
        self.assertEqual((book.clear(), book.take("a")), (2, None))


class ParseTest(unittest.TestCase):
    def test_the_defaults(self) -> None:
        self.assertEqual(
            parse_fault({"rule": "a", "fault": "late"}), Fault("a", "late", delaySeconds=59, gapMs=120, firings=1, afterFirings=0)
        )

    def test_bad_input_gets_one_clear_message(self) -> None:
        good = {"rule": "a", "fault": "late"}
        bad: list[tuple[Any, str]] = [
            ([], "the body must be a JSON object"),
            ({"fault": "late"}, "rule must be"),
            ({**good, "rule": ""}, "rule must be"),
            ({**good, "fault": "never"}, "fault must be one of twice, late, lost, answer-withheld, not 'never'"),
            ({**good, "delay": 1}, "unknown member 'delay'"),
            ({**good, "delaySeconds": 0}, "delaySeconds must be a number above 0, at most 3600, not 0"),
            ({**good, "delaySeconds": "59"}, "delaySeconds must be"),
            ({**good, "delaySeconds": True}, "delaySeconds must be"),
            ({**good, "delaySeconds": float("nan")}, "delaySeconds must be"),
            ({**good, "firings": 0}, "firings must be a whole number of 1..10000, not 0"),
            ({**good, "firings": 1.5}, "firings must be"),
            ({**good, "afterFirings": -1}, "afterFirings must be"),
            ({**good, "gapMs": None}, "gapMs must be"),
        ]
        for body, message in bad:
            with self.subTest(body=body), self.assertRaises(BadRequest) as caught:
                parse_fault(body)
            self.assertIn(message, str(caught.exception))


if __name__ == "__main__":
    unittest.main()
