"""Gaps of CloudWatch and CloudWatch Logs that keep Terraform from planning clean."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any
from xml.sax.saxutils import escape

from ministack.core.responses import AccountRegionScopedDict, json_response
from ministack.services import cloudwatch, cloudwatch_logs

from gaps.registry import closes_gap

METRIC_ONLY = ("MetricName", "Namespace", "Statistic", "Period", "Dimensions")


@closes_gap("services.cloudwatch:_describe_alarms", "services.cloudwatch:_p", "services.cloudwatch:_xml")
def alarms_are_described_in_full() -> None:
    """AWS's DescribeAlarms returns every field in every protocol. MiniStack (services/cloudwatch.py:_describe_alarms) leaves
    out actions, period, statistic, dimensions and treatment of missing data in XML, which the provider's SDK asks for, so
    alarms never plan clean. And of an alarm on a percentile AWS names no plain statistic, where MiniStack says Average."""
    original = cloudwatch._describe_alarms

    def describe_alarms(params: dict[str, Any], cbor: Any, is_cbor: bool, is_json: bool = False) -> tuple[int, dict[str, str], bytes]:
        if is_cbor or is_json:
            return original(params, cbor, is_cbor, is_json)
        response = original(params, _query(params), False, True)
        if response[0] != 200:
            return original(params, cbor, is_cbor, is_json)
        found = json.loads(response[2])
        token = found.get("NextToken")
        parts = [
            f"<MetricAlarms>{_xml([_alarm(alarm) for alarm in found['MetricAlarms']])}</MetricAlarms>",
            f"<CompositeAlarms>{_xml([_alarm(alarm) for alarm in found['CompositeAlarms']])}</CompositeAlarms>",
            f"<NextToken>{_xml(token)}</NextToken>" if token else "",
        ]
        return cloudwatch._xml(200, "DescribeAlarmsResponse", f"<DescribeAlarmsResult>{''.join(parts)}</DescribeAlarmsResult>")

    cloudwatch._describe_alarms = describe_alarms


def _query(params: dict[str, Any]) -> dict[str, Any]:
    """The form parameters as the JSON protocol would have them."""
    query: dict[str, Any] = {}
    for name in ("AlarmNames", "AlarmTypes"):
        listed = [cloudwatch._p(params, f"{name}.member.{index}") for index in range(1, 101)]
        query[name] = [member for member in listed if member]
    for name in ("AlarmNamePrefix", "StateValue", "NextToken", "MaxRecords"):
        if cloudwatch._p(params, name):
            query[name] = cloudwatch._p(params, name)
    return query


def _alarm(alarm: dict[str, Any]) -> dict[str, Any]:
    """The fields to show: no timestamps (MiniStack keeps them in another form), no empty metric of a metric-math alarm."""
    shown = {name: value for name, value in alarm.items() if not name.endswith("Timestamp")}
    if not shown.get("MetricName"):
        shown = {name: value for name, value in shown.items() if name not in METRIC_ONLY}
    if shown.get("ExtendedStatistic"):
        shown.pop("Statistic", None)
    return shown


def _xml(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{name}>{_xml(member)}</{name}>" for name, member in value.items() if member is not None)
    if isinstance(value, list):
        return "".join(f"<member>{_xml(member)}</member>" for member in value)
    if isinstance(value, bool):
        return str(value).lower()
    return escape(str(value))


@closes_gap("services.cloudwatch_logs:handle_request")
def query_definitions_exist() -> None:
    """AWS keeps Logs Insights query definitions. MiniStack (services/cloudwatch_logs.py:handle_request) knows no such action, so
    aws_cloudwatch_query_definition cannot be applied."""
    original = cloudwatch_logs.handle_request
    definitions = AccountRegionScopedDict()

    def put(data: dict[str, Any]) -> dict[str, Any]:
        identifier = data.get("queryDefinitionId") or str(uuid.uuid4())
        kept = {name: data[name] for name in ("name", "queryString", "logGroupNames") if name in data}
        definitions[identifier] = {"queryDefinitionId": identifier, "lastModified": int(time.time() * 1000), **kept}
        return {"queryDefinitionId": identifier}

    def describe(data: dict[str, Any]) -> dict[str, Any]:
        prefix = data.get("queryDefinitionNamePrefix", "")
        return {"queryDefinitions": [kept for kept in definitions.values() if kept["name"].startswith(prefix)]}

    def delete(data: dict[str, Any]) -> dict[str, Any]:
        return {"success": definitions.pop(data.get("queryDefinitionId"), None) is not None}

    actions = {"PutQueryDefinition": put, "DescribeQueryDefinitions": describe, "DeleteQueryDefinition": delete}

    async def handle_request(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Any:
        action = actions.get(headers.get("x-amz-target", "").split(".")[-1])
        if action is None:
            return await original(method, path, headers, body, query)
        return json_response(action(json.loads(body or b"{}")))

    cloudwatch_logs.handle_request = handle_request
