"""Gaps of how Step Functions runs an execution."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable
from contextvars import copy_context
from datetime import datetime, timezone
from typing import Any

from ministack.core.responses import now_iso
from ministack.services import lambda_svc, stepfunctions

from gaps.registry import closes_gap

LAMBDA_INVOKE = "states:::lambda:invoke"
EXPRESS_LIMIT_S = 300
TRANSITION_S = 0.010
STATE_TYPES = ("pass", "task", "choice", "wait", "parallel", "map")
NEVER_CAUGHT = frozenset({"States.Runtime", "States.DataLimitExceeded"})


@closes_gap(
    "services.stepfunctions:_invoke_resource",
    "services.stepfunctions:_resolve_lambda_function_ref",
    "services.lambda_svc:invoke_async_with_retry",
)
def lambda_invoke_follows_its_invocation_type() -> None:
    """On AWS `lambda:invoke` with `InvocationType: Event` hands the event over, answers 202 and goes on whatever the function
    does; with DryRun it does not run it; and its output has ExecutedVersion. MiniStack (services/stepfunctions.py:
    _invoke_resource) ignores the type: it waits for the function, and fails the state when the function fails."""
    original = stepfunctions._invoke_resource

    def invoke_resource(resource: str, data: Any) -> Any:
        if LAMBDA_INVOKE not in resource or not isinstance(data, dict):
            return original(resource, data)
        kind = data.get("InvocationType", "RequestResponse")
        if kind == "RequestResponse":
            return {"ExecutedVersion": "$LATEST", **original(resource, data)}
        record = _function_record(data.get("FunctionName", ""))
        if kind == "Event":
            lambda_svc.invoke_async_with_retry(record, data.get("Payload", {}))
        return {"ExecutedVersion": "$LATEST", "Payload": {}, "StatusCode": 202 if kind == "Event" else 204}

    stepfunctions._invoke_resource = invoke_resource


def _function_record(name_or_arn: str) -> dict[str, Any]:
    reference = stepfunctions._resolve_lambda_function_ref(name_or_arn, optimized=True)
    function, config, name = lambda_svc._get_func_record_for_ref(reference)
    if not function or not config:
        raise stepfunctions._ExecutionError("Lambda.ResourceNotFoundException", f"Function not found: {name}")
    return lambda_svc._execution_record_for_config(function, config)


@closes_gap("services.stepfunctions:_sleep_until", "services.stepfunctions:_scaled_sleep")
def wait_timestamps_have_whole_seconds() -> None:
    """AWS drops the milliseconds of a Wait state's timestamp, so the state ends up to 1 s earlier than written, and fails
    the execution where the text is no timestamp. MiniStack (services/stepfunctions.py:_sleep_until) waits to the
    millisecond, and does not wait at all for what it cannot read."""

    def sleep_until(timestamp: str) -> None:
        until = whole_second(timestamp)
        if until is None:
            raise stepfunctions._ExecutionError("States.Runtime", f"the value is no ISO 8601 timestamp: {timestamp!r}")
        stepfunctions._scaled_sleep((until - datetime.now(timezone.utc)).total_seconds())

    stepfunctions._sleep_until = sleep_until


def whole_second(timestamp: str) -> datetime | None:
    """The instant that AWS waits for, or None if the text names none: a time zone is required."""
    parsed = stepfunctions._parse_ts(timestamp)
    return parsed.replace(microsecond=0) if parsed and parsed.tzinfo else None


@closes_gap(*(f"services.stepfunctions:_execute_{kind}" for kind in STATE_TYPES))
def transitions_take_time() -> None:
    """On AWS the transition to a state takes about 10 ms (published measurements), which is what makes a loop with relative
    waits drift. In MiniStack (services/stepfunctions.py:_execute_pass, _execute_task and their like) it takes none."""
    for kind in STATE_TYPES:
        name = f"_execute_{kind}"
        setattr(stepfunctions, name, _after_transition(getattr(stepfunctions, name)))


def _after_transition(execute: Callable[..., Any]) -> Callable[..., Any]:
    def execute_later(*args: Any) -> Any:
        time.sleep(TRANSITION_S)
        return execute(*args)

    return execute_later


@closes_gap("services.stepfunctions:_find_matching_retrier")
def retry_delays_follow_the_retrier() -> None:
    """On AWS a Retry waits IntervalSeconds × BackoffRate^n, at most MaxDelaySeconds, and with `JitterStrategy: FULL` a random
    part of that. MiniStack (services/stepfunctions.py:_find_matching_retrier, _execute_task) knows neither of the last two."""
    original = stepfunctions._find_matching_retrier

    def find_matching_retrier(retriers: list[dict[str, Any]], error: str, counts: dict[int, int]) -> tuple[dict[str, Any] | None, int]:
        retrier, index = original(retriers, error, counts)
        if retrier is None:
            return retrier, index
        return {**retrier, "IntervalSeconds": retry_delay_s(retrier, counts.get(index, 0), random.random()), "BackoffRate": 1}, index

    stepfunctions._find_matching_retrier = find_matching_retrier


def retry_delay_s(retrier: dict[str, Any], retries: int, drawn: float) -> float:
    """How long to wait before the next retry, after so many; `drawn` is a random number of 0..1."""
    delay = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** retries
    delay = min(delay, retrier.get("MaxDelaySeconds", delay))
    return delay * drawn if retrier.get("JitterStrategy") == "FULL" else delay


@closes_gap("services.stepfunctions:_error_matches")
def states_all_spares_terminal_errors() -> None:
    """On AWS `States.ALL` and `States.TaskFailed` match neither States.Runtime nor States.DataLimitExceeded: such an execution
    fails. MiniStack (services/stepfunctions.py:_error_matches) retries and catches them, and so hides a broken definition."""
    original = stepfunctions._error_matches

    def error_matches(error_equals: list[str], error: str) -> bool:
        return error not in NEVER_CAUGHT and original(error_equals, error)

    stepfunctions._error_matches = error_matches


@closes_gap(
    "services.stepfunctions:_run_execution", "services.stepfunctions:_fail_execution", "services.stepfunctions:_emit_execution_status_event"
)
def executions_time_out() -> None:
    """AWS ends an execution as TIMED_OUT after the definition's TimeoutSeconds, and every EXPRESS one after five minutes.
    MiniStack (services/stepfunctions.py:_run_execution) reads neither; and _fail_execution turns a stopped execution into a
    failed one when its last task fails."""
    run, fail = stepfunctions._run_execution, stepfunctions._fail_execution

    def run_execution(arn: str) -> None:
        limit = _limit_s(arn)
        if limit is None:
            run(arn)
            return
        timer = threading.Timer(limit, copy_context().run, (_time_out, arn))
        timer.daemon = True
        timer.start()
        try:
            run(arn)
        finally:
            timer.cancel()

    def fail_execution(execution: dict[str, Any], error: str, cause: str) -> None:
        if execution["status"] == "RUNNING":
            fail(execution, error, cause)

    stepfunctions._run_execution = run_execution
    stepfunctions._fail_execution = fail_execution


def _limit_s(arn: str) -> float | None:
    execution = stepfunctions._executions.get(arn)
    machine = stepfunctions._state_machines.get(execution["stateMachineArn"]) if execution else None
    if not machine:
        return None
    try:
        limits = [json.loads(machine["definition"]).get("TimeoutSeconds")]
    except ValueError:
        return None
    limits.append(EXPRESS_LIMIT_S if machine["type"] == "EXPRESS" else None)
    return min((limit for limit in limits if limit is not None), default=None)


def _time_out(arn: str) -> None:
    execution = stepfunctions._executions.get(arn)
    if not execution or execution["status"] != "RUNNING":
        return
    execution.update(status="TIMED_OUT", error="States.Timeout", cause=None, stopDate=now_iso())
    stepfunctions._add_event(execution, "ExecutionTimedOut", {"executionTimedOutEventDetails": {"error": "States.Timeout"}})
    stepfunctions._emit_execution_status_event(execution)
