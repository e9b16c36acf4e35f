"""Gaps of asynchronous Lambda invocation: what rules, topics and `InvocationType: Event` do."""

from __future__ import annotations

import json
import random
import threading
import time
from contextvars import copy_context
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import eventbridge, lambda_svc, sns

from gaps.registry import closes_gap

# AWS's defaults for a function without an event invoke configuration.
RETRIES = 2
EVENT_AGE_S = 21_600
# How often a throttled event is offered again: from 1 s, twice as long each time, up to 5 minutes.
THROTTLED_FIRST_S = 1.0
THROTTLED_LONGEST_S = 300.0


@closes_gap(
    "services.lambda_svc:invoke_async_with_retry", "services.lambda_svc:_execute_function", "services.lambda_svc:_route_async_failure"
)
def throttled_events_wait_in_the_queue() -> None:
    """On AWS a throttled asynchronous event goes back to the queue and is tried again until its maximum age; only a failing
    function uses up a retry. MiniStack (services/lambda_svc.py:invoke_async_with_retry) counts a throttle as a retry, so with
    retries 0, which a clock needs, a throttled tick is lost at once."""

    def invoke_async_with_retry(function: dict[str, Any], event: Any) -> None:
        threading.Thread(target=copy_context().run, args=(_run_event, function, event), daemon=True).start()

    lambda_svc.invoke_async_with_retry = invoke_async_with_retry


def _run_event(function: dict[str, Any], event: Any) -> None:
    """Runs a queued event until it succeeds, has used its retries, or is too old."""
    config = function.get("config") or function
    settings = function.get("event_invoke_config") or (function.get("event_invoke_configs") or {}).get("$LATEST") or {}
    retries = settings.get("MaximumRetryAttempts")
    retries = RETRIES if retries is None else int(retries)
    expires = time.monotonic() + int(settings.get("MaximumEventAgeInSeconds") or EVENT_AGE_S)
    destination = ((settings.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
    destination = destination or (config.get("DeadLetterConfig") or {}).get("TargetArn")
    failures = throttles = 0
    with request_scope(*lambda_svc._account_region_from_function_config(config)):
        while True:
            result = lambda_svc._execute_function(function, event)
            if not result.get("error"):
                return
            if result.get("throttle"):
                throttles += 1
                delay = throttled_delay_s(throttles, random.random())
            else:
                failures += 1
                delay = failed_delay_s(failures)
            if failures > retries or time.monotonic() + delay > expires:
                break
            time.sleep(delay)
        if destination:
            lambda_svc._route_async_failure(destination, config.get("FunctionName", ""), event, result)


def throttled_delay_s(throttles: int, drawn: float) -> float:
    """The wait after so many throttles; `drawn` is a random number of 0..1 that spreads simultaneous ones."""
    return min(THROTTLED_FIRST_S * 2 ** (throttles - 1), THROTTLED_LONGEST_S) * (0.5 + drawn / 2)


def failed_delay_s(failures: int) -> float:
    """The wait after so many failures of the function."""
    return min(lambda_svc._LAMBDA_ASYNC_RETRY_BASE_SECONDS * 2 ** (failures - 1), lambda_svc._LAMBDA_ASYNC_RETRY_MAX_SECONDS)


@closes_gap("services.eventbridge:_dispatch_to_lambda")
def rules_invoke_functions_asynchronously() -> None:
    """On AWS a rule hands its event to Lambda's queue, so the function's retries, event age and failure destination apply. MiniStack
    (services/eventbridge.py:_dispatch_to_lambda) runs the function once and drops a failure."""
    original = eventbridge._dispatch_to_lambda

    def dispatch_to_lambda(arn: str, payload: str) -> None:
        if not _invoke_async(arn, payload):
            original(arn, payload)

    eventbridge._dispatch_to_lambda = dispatch_to_lambda


@closes_gap("services.sns:_deliver_to_lambda", "services.sns:_deliver_to_sqs")
def topics_invoke_functions_asynchronously() -> None:
    """On AWS a topic hands its notification to Lambda's queue, so the function's retries and failure destination apply; where the
    function is gone, the notification goes to the dead-letter queue of the subscription's RedrivePolicy. MiniStack
    (services/sns.py:_deliver_to_lambda) runs the function once, drops a failure, and stores the RedrivePolicy only."""

    def deliver_to_lambda(endpoint: str, envelope: str, topic_arn: str, subscription_arn: str, *_rest: Any) -> None:
        record = {"EventVersion": "1.0", "EventSubscriptionArn": subscription_arn, "EventSource": "aws:sns", "Sns": json.loads(envelope)}
        if not _invoke_async(endpoint, json.dumps({"Records": [record]})):
            _redrive(endpoint, envelope, topic_arn, subscription_arn)

    sns._deliver_to_lambda = deliver_to_lambda


def _redrive(endpoint: str, envelope: str, topic_arn: str, subscription_arn: str) -> None:
    """Sends a notification that has no function to the subscription's dead-letter queue, if it has one."""
    topic = sns._topic_by_arn_any_scope(topic_arn) or {"subscriptions": []}
    for subscription in topic["subscriptions"]:
        if subscription["arn"] == subscription_arn:
            policy = json.loads(subscription.get("attributes", {}).get("RedrivePolicy") or "{}")
            queue = policy.get("deadLetterTargetArn")
            if queue:
                sns._deliver_to_sqs(queue, envelope, False, envelope, topic_arn=topic_arn)
                return
    sns.logger.warning("SNS: function %s not found and no dead-letter queue; notification dropped", endpoint)


def _invoke_async(arn: str, payload: str) -> bool:
    """Queues an event for a function of this account and region. False if the function does not exist."""
    function, config, _ = lambda_svc._get_func_record_for_ref(arn)
    if not function or not config:
        return False
    lambda_svc.invoke_async_with_retry(lambda_svc._execution_record_for_config(function, config), json.loads(payload))
    return True
