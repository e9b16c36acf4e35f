"""Gaps of the log that a Lambda invocation leaves."""

from __future__ import annotations

import json
import queue
import re
import threading
import time
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import cloudwatch_logs, lambda_svc

from gaps.node_worker import END_OF_INVOCATION, add_runtime, change_script
from gaps.registry import closes_gap
from json_lines import iso_ms

LOG_WAIT_S = 2.0
START = re.compile(r"START RequestId: (\S+) Version: (\S+)")
END = re.compile(r"END RequestId: \S+")
REPORT = re.compile(
    r"REPORT RequestId: (\S+)\tDuration: (\d+) ms\tBilled Duration: (\d+) ms\tMemory Size: (\d+) MB\tMax Memory Used: (\d+) MB"
)

# The function whose log this thread is writing, if its platform lines are to be JSON.
_writing = threading.local()


@closes_gap("core.lambda_runtime:_NODEJS_WORKER_SCRIPT", "core.lambda_runtime:Worker.__init__")
def console_lines_have_the_runtime_s_format() -> None:
    """On AWS `console.log` writes `time⇥requestId⇥level⇥text`, or with log_format JSON an object with timestamp, level, requestId
    and message, filtered by application_log_level; raw writes to stdout pass as they are. MiniStack
    (core/lambda_runtime.py:_NODEJS_WORKER_SCRIPT) writes the bare text in every case."""
    add_runtime()
    change_script("    const ctx = msg.ctx || {};\n", "    const ctx = msg.ctx || {};\n    metronome.begin(ctx.request_id);\n")
    init = lambda_runtime.Worker.__init__

    def with_log_settings(worker: Any, name: str, config: dict[str, Any], code: bytes) -> None:
        init(worker, name, {**config, "Environment": {"Variables": _variables(config)}}, code)

    lambda_runtime.Worker.__init__ = with_log_settings


def _variables(config: dict[str, Any]) -> dict[str, str]:
    """The function's environment variables with the ones by which the Node runtime knows its log format and level."""
    known = {"AWS_LAMBDA_LOG_FORMAT": "JSON" if _logs_json(config) else "Text"}
    if _logs_json(config):
        known["AWS_LAMBDA_LOG_LEVEL"] = config["LoggingConfig"].get("ApplicationLogLevel") or "INFO"
    return {**((config.get("Environment") or {}).get("Variables") or {}), **known}


def _logs_json(config: dict[str, Any]) -> bool:
    return (config.get("LoggingConfig") or {}).get("LogFormat") == "JSON"


@closes_gap(
    "core.lambda_runtime:_NODEJS_WORKER_SCRIPT", "core.lambda_runtime:Worker._drain_stderr_bounded", "core.lambda_runtime:Worker._spawn"
)
def every_line_reaches_its_invocation_s_log() -> None:
    """On AWS every line of an invocation is in its log, and a silent handler is as fast as one that logs. MiniStack
    (core/lambda_runtime.py:Worker._drain_stderr_bounded) stops reading after 5 ms of silence, so on a busy machine a line shows
    up in another invocation or never; and it holds back the result of a silent handler by 50 ms."""
    add_runtime()
    change_script(
        '_realStdoutWrite(JSON.stringify({ status: "ok", result: res }) + "\\n")', 'metronome.respond({ status: "ok", result: res })'
    )

    drain = lambda_runtime.Worker._drain_stderr_bounded

    def read_to_the_end(worker: Any, **waits: float) -> str:
        if not worker.config.get("Runtime", "").startswith("nodejs"):
            return drain(worker, **waits)
        return "\n".join(_lines_of_invocation(worker))

    lambda_runtime.Worker._drain_stderr_bounded = read_to_the_end


def _lines_of_invocation(worker: Any) -> list[str]:
    """The worker's log lines up to its end mark, or all of them if the worker ended without one."""
    lines: list[str] = []
    deadline = time.monotonic() + LOG_WAIT_S
    while time.monotonic() < deadline:
        reading = worker._stderr_thread is not None and worker._stderr_thread.is_alive()
        try:
            line = worker._stderr_queue.get(timeout=0.05)
        except queue.Empty:
            if reading:
                continue
            break
        if line.startswith(END_OF_INVOCATION):
            break
        lines.append(line)
    return lines


@closes_gap(
    "services.lambda_svc:_emit_lambda_logs",
    "services.cloudwatch_logs:_append_log_events",
    "services.cloudwatch_logs:_fanout_to_subscription_filters",
)
def platform_lines_follow_the_log_format() -> None:
    """With log_format JSON, AWS's own lines are objects too: platform.start and platform.report, which system_log_level WARN
    leaves out. MiniStack (services/lambda_svc.py:_emit_lambda_logs) writes START, END and REPORT as text in every case."""
    emit = lambda_svc._emit_lambda_logs
    append, fan_out = cloudwatch_logs._append_log_events, cloudwatch_logs._fanout_to_subscription_filters

    def emit_lambda_logs(function: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        config = function.get("config") or function
        _writing.level = (config["LoggingConfig"].get("SystemLogLevel") or "INFO") if _logs_json(config) else None
        try:
            emit(function, *args, **kwargs)
        finally:
            _writing.level = None

    cloudwatch_logs._append_log_events = lambda stream, events: append(stream, formatted(events, _level()))
    cloudwatch_logs._fanout_to_subscription_filters = lambda group, stream, events: fan_out(
        group, stream, formatted(events, _level())
    )
    lambda_svc._emit_lambda_logs = emit_lambda_logs


def _level() -> str | None:
    """The level of the platform lines that this thread writes; None if they are text."""
    return getattr(_writing, "level", None)


def formatted(events: list[dict[str, Any]], level: str | None) -> list[dict[str, Any]]:
    """The events of an invocation, with their platform lines as JSON unless the level is None."""
    if level is None:
        return events
    durations_ms = {report[1]: int(report[2]) for event in events if (report := REPORT.fullmatch(event["message"]))}
    changed = [{**event, "message": platform_line(event["message"], _instant(event, durations_ms), level)} for event in events]
    return [event for event in changed if event["message"] is not None]


def _instant(event: dict[str, Any], durations_ms: dict[str, int]) -> int:
    """When a line was written, in ms since the epoch. MiniStack stamps the start of an invocation with its end."""
    start = START.fullmatch(event["message"])
    return event["timestamp"] - (durations_ms.get(start[1], 0) if start else 0)


def platform_line(message: str, timestamp_ms: int, level: str) -> str | None:
    """A log line under JSON format: a platform line as an object, None if AWS has no such line, any other line as it is."""
    start, end, report = START.fullmatch(message), END.fullmatch(message), REPORT.fullmatch(message)
    if end or (level == "WARN" and (start or report)):
        return None
    if start:
        kind, record = "platform.start", {"requestId": start[1], "version": start[2]}
    elif report:
        names = ("durationMs", "billedDurationMs", "memorySizeMB", "maxMemoryUsedMB")
        metrics = {name: int(value) for name, value in zip(names, report.groups()[1:], strict=True)}
        kind, record = "platform.report", {"requestId": report[1], "metrics": metrics}
    else:
        return message
    return json.dumps({"time": iso_ms(timestamp_ms), "type": kind, "record": record})


@closes_gap("services.lambda_svc:_emit_lambda_logs", "services.lambda_svc:_functions", "services.cloudwatch_logs:_log_groups")
def late_lines_do_not_bring_a_deleted_log_group_back() -> None:
    """On AWS the lines of an invocation that outlives its function's log group are lost, unless the function's role may create
    log groups. MiniStack (services/lambda_svc.py:_emit_lambda_logs) creates the group anew, so a destroy leaves it behind."""
    emit = lambda_svc._emit_lambda_logs

    def emit_lambda_logs(function: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        config = function.get("config") or function
        group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{config['FunctionName']}"
        if config["FunctionName"] in lambda_svc._functions or group in cloudwatch_logs._log_groups:
            emit(function, *args, **kwargs)

    lambda_svc._emit_lambda_logs = emit_lambda_logs
