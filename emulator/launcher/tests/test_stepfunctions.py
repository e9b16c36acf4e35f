"""Step Functions on a running emulator."""

from __future__ import annotations

import json
import time
import unittest
from datetime import datetime, timedelta, timezone
from typing import Any

from gaps.stepfunctions_run import retry_delay_s, whole_second
from tests.covered import covers
from tests.running import ROLE, Emulator, until

emulator: Emulator
FUNCTION = """
let calls = 0;
export const handler = async (event) => {
  calls += 1;
  if (event.fail && calls <= event.fail) { const error = new Error(`call ${calls}`); error.name = "BoomError"; throw error; }
  return { calls, event };
};
"""


def setUpModule() -> None:
    global emulator
    emulator = Emulator()
    unittest.addModuleCleanup(emulator.end)


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class Machine:
    """A state machine and its executions."""

    made = 0

    def __init__(self, states: dict[str, Any], kind: str = "STANDARD", **top: Any) -> None:
        Machine.made += 1
        self.client = emulator.client("stepfunctions")
        definition = json.dumps({"StartAt": next(iter(states)), "States": states, **top})
        created = self.client.create_state_machine(name=f"machine-{Machine.made}", definition=definition, roleArn=ROLE, type=kind)
        self.arn = created["stateMachineArn"]

    def start(self, data: Any = None, **named: Any) -> str:
        return self.client.start_execution(stateMachineArn=self.arn, input=json.dumps(data or {}), **named)["executionArn"]

    def outcome(self, arn: str) -> dict[str, Any]:
        """The description of an execution once it has ended."""

        def ended() -> dict[str, Any] | None:
            described = self.client.describe_execution(executionArn=arn)
            return described if described["status"] != "RUNNING" else None

        return until(ended, 15, "the end of the execution")

    def run(self, data: Any = None) -> dict[str, Any]:
        return self.outcome(self.start(data))

    def entered(self, arn: str) -> list[tuple[str, datetime]]:
        """The states that an execution has entered, and when."""
        events = self.client.get_execution_history(executionArn=arn, maxResults=200)["events"]
        return [(event["stateEnteredEventDetails"]["name"], event["timestamp"]) for event in events if "stateEnteredEventDetails" in event]


def task(arn: str, **fields: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": arn, "End": True, **fields}


WAIT = {"Type": "Wait", "Seconds": 20, "End": True}


class TaskTest(unittest.TestCase):
    def test_the_article_s_form(self) -> None:
        arn = emulator.function("article", FUNCTION)
        parameters = {"id.$": "$$.Execution.Id", "start.$": "$$.Execution.StartTime", "index.$": "$.iterator.index"}
        machine = Machine({"Iterator": task(arn, Parameters=parameters, ResultPath="$.result")})
        ended = machine.run({"iterator": {"index": 7}})
        output = json.loads(ended["output"])
        self.assertEqual(output["iterator"], {"index": 7})
        event = output["result"]["event"]
        self.assertEqual((event["id"], event["index"]), (ended["executionArn"], 7))
        self.assertRegex(event["start"], r"^\d{4}-\d\d-\d\dT[\d:]+\.\d{3}Z$")

    @covers("errors_keep_their_class_and_the_environment")
    def test_retry_and_catch_by_the_error_s_name(self) -> None:
        arn = emulator.function("retried", FUNCTION)
        retry = [{"ErrorEquals": ["BoomError"], "IntervalSeconds": 1, "MaxAttempts": 2, "BackoffRate": 1}]
        retried = Machine({"Try": task(arn, Retry=retry)}).run({"fail": 1})
        self.assertEqual(json.loads(retried["output"])["calls"], 2)
        caught = emulator.function("caught", FUNCTION)
        states = {
            "Try": task(caught, Catch=[{"ErrorEquals": ["BoomError"], "ResultPath": "$.error", "Next": "Then"}]),
            "Then": {"Type": "Pass", "End": True},
        }
        output = json.loads(Machine(states).run({"fail": 1})["output"])
        self.assertEqual((output["fail"], output["error"]["Error"]), (1, "BoomError"))
        self.assertEqual(json.loads(output["error"]["Cause"])["errorMessage"], "call 1")

    @covers("states_all_spares_terminal_errors")
    def test_states_all(self) -> None:
        catch = [{"ErrorEquals": ["States.ALL"], "Next": "Then"}]
        then = {"Then": {"Type": "Pass", "Result": "caught", "End": True}}
        failing = emulator.function("failing", FUNCTION)
        function_failed, broken = (
            Machine({"Try": task(failing, Catch=catch), **then}),
            Machine({"Try": task("arn:aws:states:::nothing:here", Catch=catch), **then}),
        )
        self.assertEqual(json.loads(function_failed.run({"fail": 1})["output"]), "caught")
        ended = broken.run()
        self.assertEqual((ended["status"], ended["error"]), ("FAILED", "States.Runtime"))

    @covers("lambda_invoke_follows_its_invocation_type")
    def test_an_event_neither_blocks_nor_fails_the_state(self) -> None:
        arn = emulator.function(
            "invoked",
            "export const handler = async () => { await new Promise((done) => setTimeout(done, 5000)); throw new Error('later'); };",
        )
        for kind, status in (("Event", 202), ("DryRun", 204)):
            with self.subTest(kind=kind):
                begun = time.monotonic()
                ended = Machine(
                    {
                        "Invoke": task(
                            "arn:aws:states:::lambda:invoke", Parameters={"FunctionName": arn, "InvocationType": kind, "Payload": {}}
                        )
                    }
                ).run()
                self.assertLess(time.monotonic() - begun, 3)
                output = json.loads(ended["output"])
                self.assertEqual((output["StatusCode"], output["ExecutedVersion"]), (status, "$LATEST"))

    @covers("lambda_invoke_follows_its_invocation_type")
    def test_request_response_gives_the_result_and_a_missing_function_fails(self) -> None:
        arn = emulator.function("answered", FUNCTION)

        def invoke(name: str, **more: Any) -> dict[str, Any]:
            return Machine(
                {"Invoke": task("arn:aws:states:::lambda:invoke", Parameters={"FunctionName": name, "Payload": {"a": 1}, **more})}
            ).run()

        output = json.loads(invoke(arn)["output"])
        self.assertEqual((output["StatusCode"], output["ExecutedVersion"], output["Payload"]["event"]), (200, "$LATEST", {"a": 1}))
        self.assertEqual(invoke("no-such", InvocationType="Event")["error"], "Lambda.ResourceNotFoundException")

    @covers("retry_delays_follow_the_retrier")
    def test_retry_delays(self) -> None:
        retrier = {"IntervalSeconds": 2, "BackoffRate": 3, "MaxDelaySeconds": 10}
        self.assertEqual([retry_delay_s(retrier, n, 0.5) for n in range(4)], [2, 6, 10, 10])
        self.assertEqual(retry_delay_s({**retrier, "JitterStrategy": "FULL"}, 1, 0.5), 3)
        self.assertEqual([retry_delay_s({}, n, 0.5) for n in range(3)], [1, 2, 4])

    @covers("retry_delays_follow_the_retrier")
    def test_max_delay_seconds_is_honoured(self) -> None:
        arn = emulator.function("delayed", FUNCTION)
        retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 3, "BackoffRate": 10, "MaxDelaySeconds": 1}]
        begun = time.monotonic()
        self.assertEqual(json.loads(Machine({"Try": task(arn, Retry=retry)}).run({"fail": 2})["output"])["calls"], 3)
        self.assertLess(time.monotonic() - begun, 6)


class WaitTest(unittest.TestCase):
    @covers("wait_timestamps_have_whole_seconds")
    def test_milliseconds_are_dropped(self) -> None:
        until_moment = (datetime.now(timezone.utc) + timedelta(seconds=3)).replace(microsecond=900_000)
        machine = Machine({"Wait": {"Type": "Wait", "TimestampPath": "$.until", "Next": "Then"}, "Then": {"Type": "Pass", "End": True}})
        arn = machine.start({"until": iso(until_moment)})
        machine.outcome(arn)
        entered = machine.entered(arn)[1][1]
        late = (entered - until_moment.replace(microsecond=0)).total_seconds()
        self.assertTrue(0 <= late < 0.3, late)

    @covers("wait_timestamps_have_whole_seconds")
    def test_what_is_no_timestamp_fails(self) -> None:
        machine = Machine({"Wait": {"Type": "Wait", "TimestampPath": "$.until", "End": True}})
        self.assertEqual(machine.run({"until": "soon"})["error"], "States.Runtime")
        self.assertIsNone(whole_second("2026-11-22T18:25:10"))
        self.assertEqual(whole_second("2026-11-22T18:25:10.999Z"), datetime(2026, 11, 22, 18, 25, 10, tzinfo=timezone.utc))


class ExecutionTest(unittest.TestCase):
    @covers("transitions_take_time")
    def test_transitions(self) -> None:
        states = {f"Pass{n}": {"Type": "Pass", "Next": f"Pass{n + 1}"} for n in range(20)} | {"Pass20": {"Type": "Pass", "End": True}}
        machine = Machine(states)
        arn = machine.start()
        machine.outcome(arn)
        entered = [moment for _, moment in machine.entered(arn)]
        took_ms = (entered[-1] - entered[0]).total_seconds() * 1000 / 20
        self.assertTrue(9.5 <= took_ms <= 20, took_ms)

    @covers("executions_time_out")
    def test_the_definition_s_timeout(self) -> None:
        machine = Machine({"Wait": WAIT}, TimeoutSeconds=1)
        begun = time.monotonic()
        ended = machine.run()
        self.assertEqual((ended["status"], ended["error"]), ("TIMED_OUT", "States.Timeout"))
        self.assertLess(time.monotonic() - begun, 3)

    @covers("executions_time_out")
    def test_a_stopped_execution_stays_stopped(self) -> None:
        arn = emulator.function(
            "slow", "export const handler = async () => { await new Promise((done) => setTimeout(done, 1000)); throw new Error('late'); };"
        )
        machine = Machine({"Try": task(arn)}, TimeoutSeconds=30)
        execution = machine.start()
        time.sleep(0.5)
        machine.client.stop_execution(executionArn=execution)
        time.sleep(1.2)
        self.assertEqual(machine.outcome(execution)["status"], "ABORTED")

    @covers("start_execution_knows_names_as_aws_does")
    def test_the_same_name_again(self) -> None:
        machine = Machine({"Wait": WAIT})
        first = machine.start({"a": 1}, name="minute-1")
        self.assertEqual(machine.start({"a": 1}, name="minute-1"), first)
        with self.assertRaises(machine.client.exceptions.ExecutionAlreadyExists):
            machine.start({"a": 2}, name="minute-1")
        machine.client.stop_execution(executionArn=first)
        with self.assertRaises(machine.client.exceptions.ExecutionAlreadyExists):
            machine.start({"a": 1}, name="minute-1")

    @covers("start_execution_knows_names_as_aws_does")
    def test_express_executions_share_a_name(self) -> None:
        machine = Machine({"Then": {"Type": "Pass", "Parameters": {"name.$": "$$.Execution.Name"}, "End": True}}, "EXPRESS")
        both = [machine.start(name="minute-1") for _ in range(2)]
        self.assertNotEqual(*both)
        self.assertEqual([json.loads(machine.outcome(arn)["output"]) for arn in both], [{"name": "minute-1"}] * 2)

    @covers("list_executions_refuses_what_aws_refuses")
    def test_listing(self) -> None:
        standard, express = Machine({"Wait": WAIT}), Machine({"Wait": WAIT}, "EXPRESS")
        running = [standard.start() for _ in range(2)]
        listed = standard.client.list_executions(stateMachineArn=standard.arn, statusFilter="RUNNING")["executions"]
        self.assertEqual(sorted(execution["executionArn"] for execution in listed), sorted(running))
        with self.assertRaises(standard.client.exceptions.StateMachineTypeNotSupported):
            standard.client.list_executions(stateMachineArn=express.arn)
        with self.assertRaises(standard.client.exceptions.StateMachineDoesNotExist):
            standard.client.list_executions(stateMachineArn=standard.arn + "x")

    @covers("tracing_configuration_is_kept")
    def test_tracing(self) -> None:
        machine = Machine({"Wait": WAIT})
        described = machine.client.describe_state_machine(stateMachineArn=machine.arn)
        self.assertEqual(described["tracingConfiguration"], {"enabled": False})
        machine.client.update_state_machine(stateMachineArn=machine.arn, tracingConfiguration={"enabled": True})
        self.assertEqual(machine.client.describe_state_machine(stateMachineArn=machine.arn)["tracingConfiguration"], {"enabled": True})


if __name__ == "__main__":
    unittest.main()
