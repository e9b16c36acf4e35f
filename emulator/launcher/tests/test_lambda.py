"""Lambda on a running emulator: errors, log lines, invocation types, the environment of handlers."""

from __future__ import annotations

import json
import tempfile
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gaps.lambda_async import failed_delay_s, throttled_delay_s
from gaps.lambda_logs import formatted, platform_line
from tests.covered import covers
from tests.running import Emulator, is_alive, until, zipped

emulator: Emulator
SAYS = """
export const handler = async (event) => {
  console.log(JSON.stringify({ said: event.say }));
  console.debug("quiet");
  process.stdout.write(JSON.stringify({ raw: event.say }) + "\\n");
  return process.pid;
};
"""
FAILS = """
export const handler = async (event) => {
  if (event.exit) process.exit(1);
  if (event.fail) { const error = new Error("oh no"); error.name = "BoomError"; throw error; }
  return process.pid;
};
"""
MANY_LINES = """
export const handler = async (event) => {
  for (let n = 0; n < 50; n++) {
    console.log(`${event.run}/${n}`);
    await new Promise((done) => setTimeout(done, n % 10 ? 0 : 12));
  }
};
"""
SILENT = "export const handler = async () => null;"
SHOWS = "export const handler = async () => process.env;"
WAITS_AND_SHOWS = """
import { writeFileSync } from "node:fs";
export const handler = async ({ began }) => {
  if (began) writeFileSync(began, "");
  await new Promise((done) => setTimeout(done, 1500));
  return { pid: process.pid, mark: process.env.MARK ?? null };
};
"""
WAITS = "export const handler = async () => { await new Promise((done) => setTimeout(done, 1500)); console.log('ran'); };"


def setUpModule() -> None:
    global emulator
    emulator = Emulator(
        environment={"AWS_ACCESS_KEY_ID": "AKIAREAL", "AWS_SECRET_ACCESS_KEY": "real", "AWS_PROFILE": "real", "AWS_SESSION_TOKEN": "real"}
    )
    unittest.addModuleCleanup(emulator.end)


def ends_with(lines: list[str], text: str) -> list[str]:
    return [line for line in lines if line.endswith(text)]


class LogTest(unittest.TestCase):
    @covers("console_lines_have_the_runtime_s_format")
    def test_text_format(self) -> None:
        emulator.function("text", SAYS)
        request = emulator.invoke("text", {"say": "hi"})[0]["ResponseMetadata"]
        self.assertEqual(request["HTTPStatusCode"], 200)
        lines = until(lambda: emulator.log_lines("text"))
        self.assertRegex(lines[0], r"^START RequestId: \S+ Version: \$LATEST$")
        self.assertRegex(lines[1], r'^\d{4}-\d\d-\d\dT[\d:]+\.\d{3}Z\t[0-9a-f-]{36}\tINFO\t\{"said":"hi"\}$')
        self.assertRegex(lines[2], r"\tDEBUG\tquiet$")
        self.assertEqual(lines[3], '{"raw":"hi"}')
        self.assertRegex(lines[-1], r"^REPORT RequestId: ")

    @covers("console_lines_have_the_runtime_s_format", "platform_lines_follow_the_log_format")
    def test_json_format(self) -> None:
        emulator.function("json", SAYS, LoggingConfig={"LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO"})
        emulator.invoke("json", {"say": "hi"})
        start, said, raw, report = (json.loads(line) for line in until(lambda: emulator.log_lines("json")))
        self.assertEqual((start["type"], report["type"]), ("platform.start", "platform.report"))
        self.assertEqual((said["level"], said["message"], said["requestId"]), ("INFO", '{"said":"hi"}', start["record"]["requestId"]))
        self.assertEqual(raw, {"raw": "hi"})

    @covers("platform_lines_follow_the_log_format")
    def test_a_start_has_the_instant_of_the_start(self) -> None:
        start, report = "START RequestId: 1 Version: $LATEST", "REPORT RequestId: 1\tDuration: 90000 ms\tBilled Duration: 90000 ms\tMemory Size: 128 MB\tMax Memory Used: 9 MB"
        lines = formatted([{"timestamp": 100_000, "message": text} for text in (start, report)], "INFO")
        self.assertEqual([json.loads(line["message"])["time"][17:] for line in lines], ["10.000Z", "40.000Z"])

    @covers("platform_lines_follow_the_log_format")
    def test_platform_lines(self) -> None:
        self.assertIsNone(platform_line("END RequestId: 1", 0, "INFO"))
        self.assertIsNone(platform_line("START RequestId: 1 Version: $LATEST", 0, "WARN"))
        self.assertEqual(platform_line("something else", 0, "WARN"), "something else")

    @covers("every_line_reaches_its_invocation_s_log")
    def test_all_lines_arrive_in_order_with_pauses_between(self) -> None:
        emulator.function("many", MANY_LINES)
        for run in range(4):
            emulator.invoke("many", {"run": run})
        lines = [line.split("\t")[-1] for line in emulator.log_lines("many") if "/" in line.split("\t")[-1]]
        self.assertEqual(lines, [f"{run}/{n}" for run in range(4) for n in range(50)])
        runs = "".join("S" if line.startswith("START") else "." if "\tINFO\t" in line else "" for line in emulator.log_lines("many"))
        self.assertEqual(runs, ("S" + "." * 50) * 4)

    @covers("every_line_reaches_its_invocation_s_log")
    def test_a_silent_handler_is_not_held_back(self) -> None:
        emulator.function("silent", SILENT)
        for _ in range(6):
            emulator.invoke("silent")
        reports = [line for line in emulator.log_lines("silent") if line.startswith("REPORT")]
        durations_ms = [int(line.split("\tDuration: ")[1].split(" ms")[0]) for line in reports]
        self.assertEqual(len(durations_ms), 6)
        self.assertLess(min(durations_ms), 40)


    @covers("late_lines_do_not_bring_a_deleted_log_group_back")
    def test_a_deleted_log_group_stays_deleted_though_an_invocation_of_its_function_goes_on(self) -> None:
        logs = emulator.client("logs")

        def groups() -> list[str]:
            return [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]

        for name in ("leaves", "stays"):
            emulator.function(name, WAITS)
            logs.create_log_group(logGroupName=f"/aws/lambda/{name}")
            emulator.invoke(name, InvocationType="Event")
        time.sleep(0.5)
        emulator.client("lambda").delete_function(FunctionName="leaves")
        logs.delete_log_group(logGroupName="/aws/lambda/leaves")
        until(lambda: ends_with(emulator.log_lines("stays"), "ran"))
        time.sleep(0.5)
        self.assertNotIn("/aws/lambda/leaves", groups())


class ErrorTest(unittest.TestCase):
    @covers("errors_keep_their_class_and_the_environment")
    def test_an_error_has_its_name_and_leaves_the_environment_warm(self) -> None:
        emulator.function("fails", FAILS)
        _, first = emulator.invoke("fails")
        answer, error = emulator.invoke("fails", {"fail": True})
        self.assertEqual((answer["FunctionError"], error["errorType"], error["errorMessage"]), ("Unhandled", "BoomError", "oh no"))
        self.assertIn("BoomError: oh no", error["trace"][0])
        self.assertEqual(emulator.invoke("fails")[1], first)
        lines = until(lambda: ends_with(emulator.log_lines("fails"), "]}"))
        self.assertRegex(lines[0], r'\tERROR\tInvoke Error \t\{"errorType":"BoomError","errorMessage":"oh no","stack":\[')

    @covers("errors_keep_their_class_and_the_environment")
    def test_a_handler_that_exits(self) -> None:
        emulator.function("exits", FAILS)
        answer, error = emulator.invoke("exits", {"exit": True})
        self.assertEqual((answer["FunctionError"], error["errorType"]), ("Unhandled", "Runtime.ExitError"))
        self.assertIsInstance(emulator.invoke("exits")[1], int)


class UpdateTest(unittest.TestCase):
    @covers("updates_let_invocations_finish")
    def test_an_invocation_under_way_ends_with_what_it_began_with(self) -> None:
        emulator.function("updated", WAITS_AND_SHOWS)
        emulator.invoke("updated")
        client = emulator.client("lambda")
        updates = (
            lambda: client.update_function_configuration(FunctionName="updated", Environment={"Variables": {"MARK": "new"}}),
            lambda: client.update_function_code(FunctionName="updated", ZipFile=zipped(SAYS)),
        )
        for update, mark in zip(updates, (None, "new"), strict=True):
            with tempfile.TemporaryDirectory() as directory, ThreadPoolExecutor() as pool:
                began = Path(directory, "began")
                invocation = pool.submit(emulator.invoke, "updated", {"began": str(began)})
                until(began.exists)
                update()
                answer, result = invocation.result()
            self.assertNotIn("FunctionError", answer)
            self.assertEqual(result["mark"], mark)
            until(lambda pid=result["pid"]: not is_alive(pid), what="the end of the old process")
        self.assertIsInstance(emulator.invoke("updated", {"say": "new code"})[1], int)


class InvocationTest(unittest.TestCase):
    def test_a_dry_run_does_not_run(self) -> None:
        emulator.function("dry", SAYS)
        self.assertEqual(emulator.invoke("dry", InvocationType="DryRun")[0]["StatusCode"], 204)
        time.sleep(0.5)
        self.assertEqual(emulator.log_lines("dry"), [])

    def test_an_event_is_answered_at_once(self) -> None:
        emulator.function("event", WAITS)
        begun = time.monotonic()
        self.assertEqual(emulator.invoke("event", InvocationType="Event")[0]["StatusCode"], 202)
        self.assertLess(time.monotonic() - begun, 1)
        until(lambda: ends_with(emulator.log_lines("event"), "ran"))

    @covers("throttled_events_wait_in_the_queue")
    def test_a_throttled_event_waits_though_retries_are_0(self) -> None:
        emulator.function("narrow", WAITS)
        client = emulator.client("lambda")
        client.put_function_concurrency(FunctionName="narrow", ReservedConcurrentExecutions=1)
        client.put_function_event_invoke_config(FunctionName="narrow", MaximumRetryAttempts=0, MaximumEventAgeInSeconds=60)
        for _ in range(3):
            emulator.invoke("narrow", InvocationType="Event")
        until(lambda: len(ends_with(emulator.log_lines("narrow"), "ran")) == 3, 20, "the third run")

    @covers("throttled_events_wait_in_the_queue")
    def test_the_waits(self) -> None:
        self.assertEqual([throttled_delay_s(n, 1) for n in (1, 2, 3, 20)], [1, 2, 4, 300])
        self.assertEqual(throttled_delay_s(1, 0), 0.5)
        self.assertEqual(failed_delay_s(2), 2 * failed_delay_s(1))

    @covers("functions_have_credentials_that_are_taken")
    def test_handlers_see_this_emulator_and_nobody_s_credentials(self) -> None:
        emulator.function("shows", SHOWS)
        _, seen = emulator.invoke("shows")
        self.assertEqual(seen["AWS_ENDPOINT_URL"], f"http://127.0.0.1:{emulator.port}")
        self.assertEqual(
            (seen["AWS_ACCESS_KEY_ID"], seen["AWS_SECRET_ACCESS_KEY"], seen["AWS_SESSION_TOKEN"]), (emulator.key, "test", "")
        )
        self.assertEqual((seen["AWS_CONFIG_FILE"], seen["TZ"]), ("/dev/null", "UTC"))
        self.assertEqual([name for name, value in seen.items() if "real" in value.lower()], [])


if __name__ == "__main__":
    unittest.main()
