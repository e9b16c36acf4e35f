"""MiniStack's EventBridge rules, as the rule clock sees them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import datetime, timezone

from ministack.core.responses import new_uuid, request_scope
from ministack.services import eventbridge

from firing import MINUTE_MS, CronSchedule, RateSchedule, Schedule
from rule_clock import Rule


def schedule_of(expression: str) -> Schedule | None:
    """The schedule that an expression names; None for what is no schedule expression."""
    rate_s = eventbridge._parse_rate_seconds(expression)
    if rate_s:
        return RateSchedule(rate_s * 1000 // MINUTE_MS)
    fields = eventbridge._parse_cron_fields(expression)
    if fields is None:
        return None

    def due_at_or_after(minute_ms: int) -> int | None:
        before = datetime.fromtimestamp((minute_ms - MINUTE_MS) / 1000, tz=timezone.utc)
        due = eventbridge._cron_next_fire(fields, before)
        return None if due is None else round(due.timestamp() * 1000)

    return CronSchedule(due_at_or_after)


class MiniStackRules:
    """The rules of all accounts and regions; keys are MiniStack's (account, region, bus|name)."""

    def __init__(self) -> None:
        self._schedules: dict[str, Schedule | None] = {}

    def enabled(self) -> Mapping[Hashable, Rule]:
        """The enabled scheduled rules that have a target, by key: without one a rule fires into nothing."""
        found: dict[Hashable, Rule] = {}
        for key, rule in list(eventbridge._rules._data.items()):
            expression = rule.get("ScheduleExpression", "")
            if not expression or rule.get("State") != "ENABLED" or not eventbridge._targets._data.get(key):
                continue
            if expression not in self._schedules:
                self._schedules[expression] = schedule_of(expression)
            schedule = self._schedules[expression]
            if schedule is not None:
                found[key] = Rule(key, rule["Name"], expression, schedule)
        return found

    def deliver(self, key: Hashable, time_ms: int) -> None:
        """Hands the rule's targets an event with that `time`. A rule that is gone has no targets."""
        account, region, _ = key  # type: ignore[misc]
        rule = eventbridge._rules._data.get(key)
        targets = eventbridge._targets._data.get(key, [])
        if rule is None:
            return
        with request_scope(account, region):
            event = {
                "EventId": new_uuid(),
                "Source": "aws.events",
                "DetailType": "Scheduled Event",
                "Detail": "{}",
                "EventBusName": rule.get("EventBusName", "default"),
                "Time": time_ms // 1000,
                "Resources": [rule.get("Arn", "")],
                "Account": account,
                "Region": region,
            }
            view = eventbridge._pattern_event_view(event)
            for target in list(targets):
                eventbridge._invoke_target(target, event, rule, view)
