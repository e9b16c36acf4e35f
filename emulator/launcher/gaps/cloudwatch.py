"""Gaps of CloudWatch and CloudWatch Logs: what keeps Terraform from planning clean, and alarms on formulas."""

from __future__ import annotations

import json
import re
import time
import uuid
from typing import Any
from xml.sax.saxutils import escape

from ministack.core.responses import AccountRegionScopedDict, json_response
from ministack.services import cloudwatch, cloudwatch_logs

from gaps.registry import closes_gap

SETTLED = re.compile(r"IF\(EPOCH\((\w+)\) < MAX\(EPOCH\(\1\)\), FILL\(\1, 0\), \d+\)")
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


@closes_gap(
    "services.cloudwatch:_put_metric_alarm", "services.cloudwatch:_evaluate_alarm",
    "services.cloudwatch:_metrics", "services.cloudwatch:_calc_stats", "services.cloudwatch:_stat_value",
)  # fmt: skip
def alarms_on_formulas_are_evaluated() -> None:
    """AWS evaluates alarms on metric math. MiniStack (services/cloudwatch.py:_put_metric_alarm) drops a formula that comes by the
    query protocol, which Terraform uses, and evaluates none. This evaluates the formulas of this project's alarms, over all
    periods of the window at once as MiniStack does: SUM([m0,m1]) and FILL(m0, 0). Without the newest period, it is the lowest of the
    others: IF(EPOCH(m0) < MAX(EPOCH(m0)), FILL(m0, 0), n). In place of a metric there may be a formula of its own, SUM([m0,m1])."""
    put, evaluate = cloudwatch._put_metric_alarm, cloudwatch._evaluate_alarm

    def put_metric_alarm(params: dict[str, Any], cbor: Any, is_cbor: bool, is_json: bool = False) -> tuple[int, dict[str, str], bytes]:
        response: tuple[int, dict[str, str], bytes] = put(params, cbor, is_cbor, is_json)
        queries, name = (cbor.get("Metrics"), cbor.get("AlarmName")) if is_cbor or is_json else (_queries(params), cloudwatch._p(params, "AlarmName"))
        if response[0] == 200 and queries:
            cloudwatch._alarms[name]["Metrics"] = queries
            evaluate_alarm(cloudwatch._alarms[name])
        return response

    def evaluate_alarm(alarm: dict[str, Any]) -> None:
        queries = alarm.get("Metrics")
        if not queries:
            evaluate(alarm)
            return
        expression = next(query["Expression"] for query in queries if "Expression" in query and query.get("ReturnData", True))
        stats = {query["Id"]: query["MetricStat"] for query in queries if "MetricStat" in query}
        series = {name: [stat] for name, stat in stats.items()}
        for query in queries:
            if "Expression" in query and not query.get("ReturnData", True):
                series[query["Id"]] = [stats[name] for name in _summed(query["Expression"])]
        if settled := SETTLED.fullmatch(expression):
            value = _lowest_settled(series[settled[1]], alarm["EvaluationPeriods"])
        else:
            value = _result(expression, {name: _added(some, alarm["EvaluationPeriods"]) for name, some in series.items()})
        if value is None:
            return
        # MiniStack compares and notifies for a metric, so for the time of that the formula's value is one.
        key = ("formula", alarm["AlarmName"], "")
        cloudwatch._metrics[key] = [{"Timestamp": time.time(), "Value": value, "Dimensions": {}}]
        alarm.update(Namespace=key[0], MetricName=key[1])
        try:
            evaluate(alarm)
        finally:
            alarm.update(Namespace="", MetricName="")
            del cloudwatch._metrics[key]

    cloudwatch._put_metric_alarm = put_metric_alarm
    cloudwatch._evaluate_alarm = evaluate_alarm


def _queries(params: dict[str, Any]) -> list[dict[str, Any]]:
    """The members of Metrics in the form parameters, as the JSON protocol would have them."""

    def text(name: str) -> str:
        return str(cloudwatch._p(params, name) or "")

    queries: list[dict[str, Any]] = []
    while text(f"Metrics.member.{len(queries) + 1}.Id"):
        member = f"Metrics.member.{len(queries) + 1}"
        query: dict[str, Any] = {"Id": text(f"{member}.Id"), "ReturnData": text(f"{member}.ReturnData") != "false"}
        query.update({name: text(f"{member}.{name}") for name in ("Expression", "Label") if text(f"{member}.{name}")})
        stat = f"{member}.MetricStat"
        if text(f"{stat}.Stat"):
            dimension = f"{stat}.Metric.Dimensions.member"
            numbers = [number for number in range(1, 31) if text(f"{dimension}.{number}.Name")]
            dimensions = [{name: text(f"{dimension}.{number}.{name}") for name in ("Name", "Value")} for number in numbers]
            metric = {name: text(f"{stat}.Metric.{name}") for name in ("Namespace", "MetricName")}
            query["MetricStat"] = {"Metric": {**metric, "Dimensions": dimensions}, "Period": int(text(f"{stat}.Period")), "Stat": text(f"{stat}.Stat")}
        queries.append(query)
    return queries


def _lowest_settled(stats: list[dict[str, Any]], periods: int) -> float:
    """The lowest sum of the periods before the newest one; a period without a datapoint has 0. The newest ends with the last whole minute."""
    end = time.time() // 60 * 60
    ends = [end - stats[0]["Period"] * k for k in range(1, periods)]
    return min(_added(stats, 1, end) or 0.0 for end in ends)


def _added(stats: list[dict[str, Any]], periods: int, end: float | None = None) -> float | None:
    """The statistics of metrics, added up; None if none has a datapoint."""
    present = [value for stat in stats if (value := _statistic(stat, periods, end)) is not None]
    return sum(present) if present else None


def _statistic(stat: dict[str, Any], periods: int, end: float | None = None) -> float | None:
    """The statistic of a metric over the last periods before `end`, or up to now; None without a datapoint."""
    metric = stat["Metric"]
    dimensions = {dimension["Name"]: dimension["Value"] for dimension in metric["Dimensions"]}
    points = cloudwatch._metrics.get((metric["Namespace"], metric["MetricName"], cloudwatch._dims_key(dimensions))) or []
    start = (time.time() if end is None else end) - stat["Period"] * periods
    recent = [point for point in points if point["Timestamp"] >= start and (end is None or point["Timestamp"] < end)]
    return cloudwatch._stat_value(cloudwatch._calc_stats(recent), stat["Stat"], recent) if recent else None


def _result(expression: str, values: dict[str, float | None]) -> float | None:
    """The value of a formula; None if none of its metrics has one."""
    if filled := re.fullmatch(r"FILL\((\w+), (\d+)\)", expression):
        value = values[filled[1]]
        return float(filled[2]) if value is None else value
    present = [value for name in _summed(expression) if (value := values[name]) is not None]
    return sum(present) if present else None


def _summed(expression: str) -> list[str]:
    """The names that a SUM adds up. It raises ValueError for any other formula."""
    summed = re.fullmatch(r"SUM\(\[([\w,]+)\]\)", expression)
    if summed is None:
        raise ValueError(f"the embedded AWS cannot evaluate the formula {expression}")
    return summed[1].split(",")


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
