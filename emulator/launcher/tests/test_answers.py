"""Answers that are withheld: which requests, whether they take effect, and how long their connection stays open."""

from __future__ import annotations

import time
import unittest
from threading import Thread
from typing import Any

import botocore.config
import botocore.exceptions
import botocore.session

from answers import AnswerFault, parse_answer_fault, read_request
from faults import BadRequest, FaultBook
from tests.running import REGION, Emulator, until

FORM = {"content-type": "application/x-www-form-urlencoded", "authorization": "AWS4-HMAC-SHA256 Credential=k/20261126/r/sns/aws4_request"}
JSON = {"x-amz-target": "DynamoDB_20120810.PutItem"}
CLAIM = {"fault": "answer-withheld", "service": "dynamodb", "operation": "PutItem"}


class ReadRequestTest(unittest.TestCase):
    def test_service_and_operation(self) -> None:
        lambda_path = "/2015-03-31/functions/f/invocations"
        for method, path, query, headers, body, expected in [
            ("POST", "/", "", JSON, b"{}", ("dynamodb", "PutItem")),
            ("POST", "/", "", {"x-amz-target": "AWSStepFunctions.StartExecution"}, b"{}", ("states", "StartExecution")),
            ("POST", "/", "", FORM, b"Action=Publish&Message=m", ("sns", "Publish")),
            ("GET", "/", "Action=Publish", {"authorization": FORM["authorization"]}, b"", ("sns", "Publish")),
            ("POST", lambda_path, "", {}, b"{}", ("lambda", "Invoke")),
            ("GET", "/2015-03-31/functions", "", {}, b"", ("lambda", None)),
        ]:
            with self.subTest(path=path, body=body):
                request = read_request(method, path, query, headers, body)
                self.assertEqual((request.service, request.operation), expected)

    def test_a_fault_may_look_for_a_text_of_path_or_body(self) -> None:
        book: FaultBook[AnswerFault] = FaultBook()
        book.add(AnswerFault("dynamodb", "PutItem", True, contains="tick#a"))
        minute = read_request("POST", "/", "", JSON, b'{"id": "minute#a"}')
        tick = read_request("POST", "/", "", JSON, b'{"id": "tick#a"}')
        self.assertEqual([book.take(one) is not None for one in (minute, tick, tick)], [False, True, False])

    def test_requests_that_are_answered_may_come_first(self) -> None:
        book: FaultBook[AnswerFault] = FaultBook()
        book.add(AnswerFault("dynamodb", "PutItem", True, requests=2, afterRequests=1))
        one = read_request("POST", "/", "", JSON, b"{}")
        self.assertEqual([book.take(one) is not None for _ in range(4)], [False, True, True, False])


class ParseTest(unittest.TestCase):
    def test_what_is_refused(self) -> None:
        good = {**CLAIM, "carriedOut": True}
        self.assertEqual(parse_answer_fault(good), AnswerFault("dynamodb", "PutItem", True))
        for change, message in [
            ({"service": "s3"}, "service must be one of"),
            ({"operation": "put item"}, "operation must be"),
            ({"operation": None}, "operation must be"),
            ({"carriedOut": None}, "carriedOut must be"),
            ({"carriedOut": 1}, "carriedOut must be"),
            ({"contains": 1}, "contains must be"),
            ({"requests": 0}, "requests must be"),
            ({"afterRequests": -1}, "afterRequests must be"),
            ({"rule": "r"}, "unknown member 'rule'"),
        ]:
            with self.subTest(change=change), self.assertRaises(BadRequest) as caught:
                parse_answer_fault({**good, **change})
            self.assertIn(message, str(caught.exception))


class ServedTest(unittest.TestCase):
    emulator: Emulator

    @classmethod
    def setUpClass(cls) -> None:
        cls.emulator = Emulator()
        cls.addClassCleanup(cls.emulator.end)
        cls.emulator.client("dynamodb").create_table(
            TableName="ledger",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )

    def impatient(self, service: str) -> Any:
        return botocore.session.get_session().create_client(
            service,
            region_name=REGION,
            endpoint_url=f"http://127.0.0.1:{self.emulator.port}",
            aws_access_key_id=self.emulator.key,
            aws_secret_access_key="test",
            config=botocore.config.Config(retries={"max_attempts": 0}, read_timeout=1),
        )

    def put(self, row: str) -> None:
        self.impatient("dynamodb").put_item(TableName="ledger", Item={"id": {"S": row}})

    def has(self, row: str) -> bool:
        return "Item" in self.emulator.client("dynamodb").get_item(TableName="ledger", Key={"id": {"S": row}})

    def test_the_request_takes_effect_or_not_and_is_never_answered(self) -> None:
        for carried_out in (True, False):
            with self.subTest(carried_out=carried_out):
                row = f"row-{carried_out}"
                status, _ = self.emulator.admin("POST", "faults", {**CLAIM, "carriedOut": carried_out, "contains": row})
                self.assertEqual(status, 200)
                self.put("another")
                begun = time.monotonic()
                with self.assertRaises(botocore.exceptions.ReadTimeoutError):
                    self.put(row)
                self.assertGreater(time.monotonic() - begun, 0.9)
                self.assertEqual(self.has(row), carried_out)
                self.put(row)
                seen = self.emulator.admin("GET", "faults")[1]
                self.assertEqual(seen["faults"], [])
                self.assertEqual(seen["withheld"][-1]["carriedOut"], carried_out)

    def test_invocations_and_publications(self) -> None:
        self.emulator.function("runs", "export const handler = async () => { console.log('ran'); };")
        for carried_out in (False, True):
            fault = {"fault": "answer-withheld", "service": "lambda", "operation": "Invoke", "carriedOut": carried_out, "contains": "/runs/"}
            self.emulator.admin("POST", "faults", fault)
            with self.assertRaises(botocore.exceptions.ReadTimeoutError):
                self.impatient("lambda").invoke(FunctionName="runs", InvocationType="Event", Payload=b"{}")
        ran = until(lambda: [line for line in self.emulator.log_lines("runs") if line.strip().endswith("ran")])
        self.assertEqual(len(ran), 1)

    def test_both_kinds_of_faults_are_listed_and_cleared(self) -> None:
        self.emulator.admin("POST", "faults", {"rule": "r", "fault": "lost"})
        self.emulator.admin("POST", "faults", {**CLAIM, "carriedOut": True})
        listed = self.emulator.admin("GET", "faults")[1]["faults"]
        self.assertEqual([fault["fault"] for fault in listed], ["lost", "answer-withheld"])
        self.assertEqual(len({fault["id"] for fault in listed}), 2)
        self.assertEqual(self.emulator.admin("DELETE", "faults")[1], {"cleared": 2})
        self.put("after")

    def test_a_bad_fault_gets_a_message(self) -> None:
        status, answer = self.emulator.admin("POST", "faults", {**CLAIM, "carriedOut": "yes"})
        self.assertEqual(status, 400)
        self.assertIn("carriedOut must be", answer["error"])

    def test_it_ends_in_time_with_a_request_that_waits(self) -> None:
        emulator = Emulator()
        self.addCleanup(emulator.end)
        emulator.admin("POST", "faults", {"fault": "answer-withheld", "service": "sns", "operation": "ListTopics", "carriedOut": False})
        def wait() -> None:
            with self.assertRaises((botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError)):
                emulator.client("sns").list_topics()

        waiting = Thread(target=wait)
        waiting.start()
        until(lambda: emulator.admin("GET", "faults")[1]["withheld"])
        code, seconds = emulator.stop()
        waiting.join(timeout=5)
        self.assertEqual(code, 0)
        self.assertLess(seconds, 3)


if __name__ == "__main__":
    unittest.main()
