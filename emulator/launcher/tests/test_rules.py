"""Rules on a running emulator, in real time: one minute's firings, with every fault."""

from __future__ import annotations

import json
import time
import unittest
from datetime import datetime, timezone
from typing import Any

from tests.covered import covers
from tests.running import ROLE, Emulator, until

emulator: Emulator
FAILS = "export const handler = async () => { throw new Error('no'); };"


def setUpModule() -> None:
    global emulator
    in_half_a_minute = (datetime.now(timezone.utc).second + 30) % 60
    emulator = Emulator("--rule-second", str(in_half_a_minute), "--rule-jitter-ms", "0")
    unittest.addModuleCleanup(emulator.end)


def soon() -> int:
    """A second of this minute that lies a little ahead; waits for the next minute if this one is over."""
    while (second := datetime.now(timezone.utc).second) > 54:
        time.sleep(0.5)
    return second + 3


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def put_rule(name: str, expression: str, target: str, **more: Any) -> None:
    events = emulator.client("events")
    events.put_rule(Name=name, ScheduleExpression=expression)
    events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": target, **more}])


class RuleTest(unittest.TestCase):
    @covers(
        "rules_fire_at_a_phase_second",
        "cron_ranges_wrap_around",
        "rules_invoke_functions_asynchronously",
        "undeliverable_events_go_to_the_dead_letter_queue",
    )
    def test_a_minute_of_firings(self) -> None:
        queues = {name: emulator.queue(name) for name in ("plain", "rate", "twice", "late", "lost", "never")}
        put_rule("plain", "cron(* * ? * MON-SUN *)", queues["plain"][1])
        put_rule("rate", "rate(1 minute)", queues["rate"][1])
        for fault in ("twice", "late", "lost"):
            put_rule(fault, "cron(* * * * ? *)", queues[fault][1])
        put_rule("disabled", "cron(* * * * ? *)", queues["never"][1])
        emulator.client("events").disable_rule(Name="disabled")
        failed, failed_queue = emulator.queue("failed")
        function = emulator.function("fails", FAILS)
        config = {"OnFailure": {"Destination": failed_queue}}
        emulator.client("lambda").put_function_event_invoke_config(FunctionName="fails", MaximumRetryAttempts=0, DestinationConfig=config)
        put_rule("failing", "cron(* * * * ? *)", function)
        dead, dead_queue = emulator.queue("dead")
        put_rule("gone", "cron(* * * * ? *)", function.replace("fails", "gone"), DeadLetterConfig={"Arn": dead_queue})
        machine = emulator.client("stepfunctions").create_state_machine(
            name="express", type="EXPRESS", roleArn=ROLE,
            definition=json.dumps({"StartAt": "Say", "States": {"Say": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": True,
                "Parameters": {"QueueUrl": queues["never"][0], "MessageBody.$": "$"}}}}),
        )["stateMachineArn"]  # fmt: skip
        put_rule("express", "cron(* * * * ? *)", machine, RoleArn=ROLE)
        self.assertEqual(emulator.admin("POST", "faults", {"rule": "twice", "fault": "twice", "gapMs": 300})[0], 200)
        self.assertEqual(emulator.admin("POST", "faults", {"rule": "late", "fault": "late", "delaySeconds": 2})[0], 200)
        self.assertEqual(emulator.admin("POST", "faults", {"rule": "lost", "fault": "lost"})[0], 200)

        second = soon()
        status, phase = emulator.admin("POST", "firing", {"second": second, "jitterMs": 200})
        self.assertEqual((status, phase["second"], phase["jitterMs"]), (200, second, 200))
        until(lambda: "late" in [firing["fault"] for firing in emulator.admin("GET", "firings")[1]["firings"]], 12, "the late firing")

        firings = emulator.admin("GET", "firings")[1]["firings"]
        by_rule = {name: [firing for firing in firings if firing["rule"] == name] for name in (*queues, "express", "disabled")}
        minute = instant(by_rule["plain"][0]["nominalMinute"])
        self.assertEqual((minute.second, minute.microsecond), (0, 0))
        for name in ("plain", "rate", "twice", "express"):
            with self.subTest(rule=name):
                after = (instant(by_rule[name][0]["firedAt"]) - minute).total_seconds() - second
                self.assertTrue(0 <= after <= 0.4, after)
        self.assertEqual([len(by_rule[name]) for name in ("plain", "twice", "late", "lost", "disabled")], [1, 2, 1, 1, 0])
        gap = (instant(by_rule["twice"][1]["firedAt"]) - instant(by_rule["twice"][0]["firedAt"])).total_seconds()
        self.assertTrue(0.2 <= gap <= 0.6, gap)
        lateness = (instant(by_rule["late"][0]["firedAt"]) - instant(by_rule["late"][0]["plannedAt"])).total_seconds()
        self.assertTrue(2 <= lateness <= 2.3, lateness)
        self.assertIsNone(by_rule["lost"][0]["firedAt"])

        nominal = minute.strftime("%Y-%m-%dT%H:%M:00Z")
        times = {
            name: [message["time"] for message in emulator.messages(queues[name][0])] for name in ("plain", "rate", "twice", "late", "lost")
        }
        self.assertEqual(
            times, {"plain": [nominal], "rate": [f"{nominal[:17]}{second:02d}Z"], "twice": [nominal] * 2, "late": [nominal], "lost": []}
        )
        self.assertEqual(until(lambda: emulator.messages(failed))[0]["requestPayload"]["time"], nominal)
        self.assertEqual(until(lambda: emulator.messages(dead))[0]["resources"], ["arn:aws:events:eu-central-1:000000000000:rule/gone"])
        self.assertEqual([message["time"] for message in until(lambda: emulator.messages(queues["never"][0]))], [nominal])

        emulator.client("events").enable_rule(Name="disabled")
        time.sleep(1.5)
        self.assertNotIn("disabled", [firing["rule"] for firing in emulator.admin("GET", "firings")[1]["firings"]])
        self.assertIn("disabled", [firing["rule"] for firing in emulator.admin("GET", "firing")[1]["upcoming"]])

    def test_a_rule_fires_once_it_has_a_target(self) -> None:
        events = emulator.client("events")
        events.put_rule(Name="bare", ScheduleExpression="rate(1 minute)")
        _, queue = emulator.queue("bare")

        def planned() -> bool:
            return "bare" in [firing["rule"] for firing in emulator.admin("GET", "firing")[1]["upcoming"]]

        time.sleep(0.3)
        self.assertFalse(planned())
        events.put_targets(Rule="bare", Targets=[{"Id": "1", "Arn": queue}])
        until(planned)

    def test_firing_by_hand(self) -> None:
        url, queue = emulator.queue("by-hand")
        put_rule("by-hand", "cron(0 0 1 1 ? *)", queue)
        status, answer = until(lambda: [a for a in [emulator.admin("POST", "fire", {"rule": "by-hand"})] if a[0] == 200])[0]
        self.assertEqual((status, answer["fired"]["fault"]), (200, "by hand"))
        self.assertRegex(until(lambda: emulator.messages(url))[0]["time"], r":00Z$")

    def test_bad_input_gets_400_and_one_message(self) -> None:
        bad = [
            ("faults", b"{", "the body is not JSON"),
            ("faults", {"rule": "a", "fault": "never"}, "fault must be one of"),
            ("firing", {"second": 60}, "second must be a whole number of 0..59, not 60"),
            ("firing", {"second": 59, "jitterMs": 5000}, "with second 59 the jitter must be 0..999 ms"),
            ("firing", {"seconds": 1}, "unknown member 'seconds'"),
            ("fire", {"rule": "no-such"}, "no enabled scheduled rule is named 'no-such'"),
            ("fire", {}, "rule must be"),
        ]
        for name, body, message in bad:
            with self.subTest(name=name, body=body):
                status, answer = emulator.admin("POST", name, body)
                self.assertEqual((status, list(answer)), (400, ["error"]))
                self.assertIn(message, answer["error"])
        self.assertEqual(emulator.admin("GET", "no-such")[0], 404)

    def test_faults_can_be_seen_and_cleared(self) -> None:
        emulator.admin("POST", "faults", {"rule": "z-", "fault": "lost", "firings": 3, "afterFirings": 2})
        listed = [fault for fault in emulator.admin("GET", "faults")[1]["faults"] if fault["rule"] == "z-"]
        self.assertEqual([(fault["fault"], fault["firings"], fault["afterFirings"]) for fault in listed], [("lost", 3, 2)])
        self.assertGreaterEqual(emulator.admin("DELETE", "faults")[1]["cleared"], 1)
        self.assertEqual(emulator.admin("GET", "faults")[1]["faults"], [])


if __name__ == "__main__":
    unittest.main()
