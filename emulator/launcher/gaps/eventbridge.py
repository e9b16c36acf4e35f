"""Gaps of EventBridge rules."""

from __future__ import annotations

import json
import re
import threading
from typing import Any

from ministack.core.arn import parse_arn
from ministack.services import eventbridge, lambda_svc, stepfunctions

from gaps.registry import closes_gap
from rule_clock import RuleClock


@closes_gap("services.eventbridge:_scheduler_loop", "services.eventbridge:_rules._data", "services.eventbridge:_targets._data")
def rules_fire_at_a_phase_second(clock: RuleClock) -> None:
    """AWS fires a rule at a steady second of its minute, some ms about it, and gives a cron event the nominal minute as its
    `time`, a rate event the actual second; a rule that is enabled again starts with its next occurrence.
    MiniStack (services/eventbridge.py:_scheduler_loop, _tick_scheduled_rules) sweeps every 10 s of its own uptime, gives
    every event the sweep's second, and fires a re-enabled rule at once for what it missed."""
    eventbridge._scheduler_loop = clock.run


@closes_gap("services.eventbridge:_cron_field")
def cron_ranges_wrap_around() -> None:
    """On AWS `MON-SUN` is all seven days. MiniStack (services/eventbridge.py:_cron_field) counts SUN as 1, takes the range
    2..1 for empty, and never fires the rule, without a word."""
    original = eventbridge._cron_field

    def cron_field(field: str, low: int, high: int, names: dict[str, int] | None = None) -> frozenset[int]:
        return original(",".join(_unwrapped(part, low, high, names or {}) for part in field.split(",")), low, high, names)

    eventbridge._cron_field = cron_field


def _unwrapped(part: str, low: int, high: int, names: dict[str, int]) -> str:
    """A range whose end lies before its start, as two ranges without names; anything else as it is."""
    found = re.fullmatch(r"([A-Za-z0-9]+)-([A-Za-z0-9]+)", part)
    if not found:
        return part
    first, last = (names.get(end.upper(), end) for end in found.groups())
    return part if int(first) <= int(last) else f"{first}-{high},{low}-{last}"


# The target that this thread is delivering to, and the event.
_delivering = threading.local()


@closes_gap(
    "services.eventbridge:_invoke_target",
    "services.eventbridge:_dispatch_to_lambda",
    "services.eventbridge:_dispatch_to_stepfunctions",
    "services.eventbridge:_dispatch_to_sqs",
)
def undeliverable_events_go_to_the_dead_letter_queue() -> None:
    """Where a rule's target is gone, AWS sends the event to the target's dead-letter queue at once. MiniStack
    (services/eventbridge.py:_dispatch_to_lambda, _dispatch_to_stepfunctions) writes a warning and drops it."""
    invoke = eventbridge._invoke_target
    to_lambda, to_machine = eventbridge._dispatch_to_lambda, eventbridge._dispatch_to_stepfunctions

    def invoke_target(target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], view: Any = None) -> None:
        _delivering.queue = (target.get("DeadLetterConfig") or {}).get("Arn")
        _delivering.event = view or eventbridge._pattern_event_view(event)
        invoke(target, event, rule, _delivering.event)

    def dispatch_to_lambda(arn: str, payload: str) -> None:
        if all(lambda_svc._get_func_record_for_ref(arn)[:2]) or not _to_dead_letter_queue():
            to_lambda(arn, payload)

    def dispatch_to_machine(arn: str, payload: str) -> None:
        if stepfunctions._resolve_state_machine_arn(arn) or not _to_dead_letter_queue():
            to_machine(arn, payload)

    eventbridge._invoke_target = invoke_target
    eventbridge._dispatch_to_lambda = dispatch_to_lambda
    eventbridge._dispatch_to_stepfunctions = dispatch_to_machine


def _to_dead_letter_queue() -> bool:
    """Sends the event under way to its target's dead-letter queue; False if it has none."""
    if not _delivering.queue:
        return False
    eventbridge._dispatch_to_sqs(parse_arn(_delivering.queue), json.dumps(_delivering.event.event_with_detail()))
    return True
