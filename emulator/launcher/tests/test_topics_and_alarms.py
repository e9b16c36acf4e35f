"""SNS, alarms and query definitions on a running emulator."""

from __future__ import annotations

import json
import time
import unittest
import urllib.parse
import urllib.request
from datetime import datetime
from typing import Any

from tests.covered import covers
from tests.running import REGION, Emulator, until

emulator: Emulator
LOGS = "export const handler = async (event) => { process.stdout.write(JSON.stringify(event) + '\\n'); };"
FAILS = "export const handler = async () => { throw new Error('no'); };"


def setUpModule() -> None:
    global emulator
    emulator = Emulator()
    unittest.addModuleCleanup(emulator.end)


def events(function: str) -> list[Any]:
    return [json.loads(line) for line in emulator.log_lines(function) if line.startswith("{")]


class TopicTest(unittest.TestCase):
    def setUp(self) -> None:
        self.sns = emulator.client("sns")
        self.topic = self.sns.create_topic(Name=self._testMethodName[:60])["TopicArn"]

    @covers("notifications_carry_milliseconds")
    def test_the_timestamp_is_the_instant_of_publishing(self) -> None:
        self.sns.subscribe(TopicArn=self.topic, Protocol="lambda", Endpoint=emulator.function("stamped", LOGS))
        differences = []
        for count in range(1, 4):
            published = time.time()
            self.sns.publish(TopicArn=self.topic, Message="{}")
            until(lambda seen=count: len(events("stamped")) == seen)
            stamp = events("stamped")[-1]["Records"][0]["Sns"]["Timestamp"]
            differences.append(datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp() - published)
        self.assertTrue(all(-0.01 < difference < 0.5 for difference in differences), differences)

    def test_a_filter_policy_on_attributes(self) -> None:
        endpoint = emulator.function("filtered", LOGS)
        self.sns.subscribe(
            TopicArn=self.topic, Protocol="lambda", Endpoint=endpoint, Attributes={"FilterPolicy": json.dumps({"schedule": ["mine"]})}
        )
        for schedule in ("other", "mine"):
            self.sns.publish(
                TopicArn=self.topic, Message=schedule, MessageAttributes={"schedule": {"DataType": "String", "StringValue": schedule}}
            )
        self.sns.publish(TopicArn=self.topic, Message="none")
        until(lambda: events("filtered"))
        time.sleep(0.5)
        self.assertEqual([event["Records"][0]["Sns"]["Message"] for event in events("filtered")], ["mine"])

    @covers("topics_invoke_functions_asynchronously")
    def test_a_failing_subscriber_s_destination_gets_the_notification(self) -> None:
        url, queue = emulator.queue("failed")
        endpoint = emulator.function("failing", FAILS)
        config = {"OnFailure": {"Destination": queue}}
        emulator.client("lambda").put_function_event_invoke_config(FunctionName="failing", MaximumRetryAttempts=0, DestinationConfig=config)
        self.sns.subscribe(TopicArn=self.topic, Protocol="lambda", Endpoint=endpoint)
        self.sns.publish(TopicArn=self.topic, Message="hello")
        found = until(lambda: emulator.messages(url))
        self.assertEqual(found[0]["requestPayload"]["Records"][0]["Sns"]["Message"], "hello")

    @covers("topics_invoke_functions_asynchronously")
    def test_a_missing_subscriber_s_notification_is_redriven(self) -> None:
        url, queue = emulator.queue("redriven")
        endpoint = emulator.function("gone", LOGS)
        self.sns.subscribe(
            TopicArn=self.topic,
            Protocol="lambda",
            Endpoint=endpoint,
            Attributes={"RedrivePolicy": json.dumps({"deadLetterTargetArn": queue})},
        )
        emulator.client("lambda").delete_function(FunctionName="gone")
        self.sns.publish(TopicArn=self.topic, Message="hello")
        self.assertEqual(until(lambda: emulator.messages(url))[0]["Message"], "hello")


class TerraformTest(unittest.TestCase):
    @covers("alarms_are_described_in_full")
    def test_alarms_over_the_query_protocol(self) -> None:
        cloudwatch = emulator.client("cloudwatch")
        alarm = dict(
            AlarmName="a",
            MetricName="m",
            Namespace="n",
            Period=60,
            Statistic="Sum",
            EvaluationPeriods=1,
            Threshold=1.0,
            ComparisonOperator="GreaterThanThreshold",
        )
        topic = f"arn:aws:sns:{REGION}:000000000000:t<&>"
        cloudwatch.put_metric_alarm(**alarm, AlarmActions=[topic], TreatMissingData="breaching", Dimensions=[{"Name": "d", "Value": "v"}])
        percentile = {name: value for name, value in alarm.items() if name not in ("AlarmName", "Statistic")}
        cloudwatch.put_metric_alarm(AlarmName="p", ExtendedStatistic="p99", **percentile)
        cloudwatch.put_composite_alarm(AlarmName="b", AlarmRule='ALARM("a")', AlarmActions=[topic])
        form = urllib.parse.urlencode(
            {
                "Action": "DescribeAlarms",
                "Version": "2010-08-01",
                "AlarmTypes.member.1": "MetricAlarm",
                "AlarmTypes.member.2": "CompositeAlarm",
            }
        )
        credential = f"AWS4-HMAC-SHA256 Credential={emulator.key}/20260101/{REGION}/monitoring/aws4_request, SignedHeaders=host, Signature=0"
        request = urllib.request.Request(
            f"http://127.0.0.1:{emulator.port}/",
            form.encode(),
            {"Authorization": credential, "Content-Type": "application/x-www-form-urlencoded"},
        )
        with urllib.request.urlopen(request, timeout=5) as response:
            xml = response.read().decode()
        parts = [
            "<Period>60</Period>", "<Statistic>Sum</Statistic>", "<TreatMissingData>breaching</TreatMissingData>", "<ActionsEnabled>true</ActionsEnabled>",
            "<AlarmActions><member>" + topic.replace("<&>", "&lt;&amp;&gt;"), "<member><Name>d</Name><Value>v</Value></member>", '<AlarmRule>ALARM("a")</AlarmRule>',
        ]  # fmt: skip
        self.assertEqual([part for part in parts if part not in xml], [])
        self.assertEqual((xml.count("<ExtendedStatistic>p99<"), xml.count("<Statistic>")), (1, 1))

    @covers("alarms_on_formulas_are_evaluated")
    def test_alarms_on_formulas(self) -> None:
        cloudwatch = emulator.client("cloudwatch")
        dimensions = [{"Name": "d", "Value": "v"}]

        def alarm(name: str, expression: str, comparison: str, *metrics: str, **parts: str) -> None:
            stats = [{"Metric": {"Namespace": "f", "MetricName": metric, "Dimensions": dimensions}, "Period": 60, "Stat": "Sum"} for metric in metrics]
            queries = [{"Id": f"m{k}", "MetricStat": stat, "ReturnData": False} for k, stat in enumerate(stats)]
            queries += [{"Id": part, "Expression": formula, "ReturnData": False} for part, formula in parts.items()]
            cloudwatch.put_metric_alarm(
                AlarmName=name, Metrics=[{"Id": "e", "Expression": expression, "ReturnData": True}, *queries],
                EvaluationPeriods=3 if name == "settled" else 1, DatapointsToAlarm=1, Threshold=3.0, ComparisonOperator=comparison,
            )  # fmt: skip

        def states(*names: str) -> list[str]:
            described = cloudwatch.describe_alarms(AlarmNames=list(names or ("few", "many")))["MetricAlarms"]
            return [one["StateValue"] for one in sorted(described, key=lambda one: str(one["AlarmName"]))]

        def put(metric: str, value: float, at: float | None = None, **other: str) -> None:
            datum: Any = {"MetricName": metric, "Value": value, "Dimensions": [{"Name": "d", "Value": other.get("d", "v")}]}
            if at is not None:
                datum["Timestamp"] = at
            cloudwatch.put_metric_data(Namespace="f", MetricData=[datum])

        alarm("few", "FILL(m0, 0)", "LessThanThreshold", "a")
        alarm("many", "SUM([m0,m1])", "GreaterThanThreshold", "a", "b")
        self.assertEqual(states(), ["ALARM", "INSUFFICIENT_DATA"])
        put("a", 9, d="another")
        self.assertEqual(states(), ["ALARM", "INSUFFICIENT_DATA"])
        put("a", 3)
        self.assertEqual(states(), ["OK", "OK"])
        put("b", 1)
        self.assertEqual(states(), ["OK", "ALARM"])
        until(lambda: time.time() % 60 < 50, 15)
        minute = time.time() // 60 * 60
        alarm("settled", "IF(EPOCH(m0) < MAX(EPOCH(m0)), FILL(m0, 0), 3)", "LessThanThreshold", "c")
        self.assertEqual(states("settled"), ["ALARM"])
        put("c", 3, minute - 70)
        self.assertEqual(states("settled"), ["ALARM"])
        put("c", 3, minute - 130)
        self.assertEqual(states("settled"), ["OK"])
        alarm("settled", "IF(EPOCH(added) < MAX(EPOCH(added)), FILL(added, 0), 3)", "LessThanThreshold", "c", "d", added="SUM([m0,m1])")
        self.assertEqual(states("settled"), ["OK"])
        alarm("settled", "IF(EPOCH(added) < MAX(EPOCH(added)), FILL(added, 0), 3)", "LessThanThreshold", "d", "e", added="SUM([m0,m1])")
        self.assertEqual(states("settled"), ["ALARM"])
        for k, metric in enumerate("ddee"):
            put(metric, 1.5, minute - 70 - 60 * (k % 2))
        self.assertEqual(states("settled"), ["OK"])

    @covers("query_definitions_exist")
    def test_query_definitions(self) -> None:
        logs = emulator.client("logs")
        made = logs.put_query_definition(name="ticks/late", queryString="fields @message", logGroupNames=["/aws/lambda/x"])[
            "queryDefinitionId"
        ]
        found = logs.describe_query_definitions(queryDefinitionNamePrefix="ticks/")["queryDefinitions"]
        self.assertEqual([(one["queryDefinitionId"], one["logGroupNames"]) for one in found], [(made, ["/aws/lambda/x"])])
        self.assertTrue(logs.delete_query_definition(queryDefinitionId=made)["success"])
        self.assertEqual(logs.describe_query_definitions()["queryDefinitions"], [])


if __name__ == "__main__":
    unittest.main()
