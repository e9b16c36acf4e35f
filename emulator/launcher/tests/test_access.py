"""Who may use the emulator: programs that know its key, and no web page."""

from __future__ import annotations

import http.client
import json
import os
import tempfile
import unittest
from pathlib import Path

from access import keys_in, new_key, problem, write_key
from tests.running import Emulator

KEY = "METRONOME00"
SIGNATURE = f"AWS4-HMAC-SHA256 Credential={KEY}/20261126/us-east-1/sns/aws4_request, SignedHeaders=host, Signature=0"
GOOD = {"Host": "127.0.0.1:4566", "Authorization": SIGNATURE}


def why(headers: dict[str, str], path: str = "/", query: str = "") -> str | None:
    return problem([(name.lower().encode(), value.encode()) for name, value in headers.items()], path, query, KEY)


class ProblemTest(unittest.TestCase):
    def test_a_program_with_the_key_may_pass(self) -> None:
        presigned = f"X-Amz-Credential={KEY}%2F20261126%2Fus-east-1%2Fs3%2Faws4_request"
        for headers, query in [
            (GOOD, ""),
            ({**GOOD, "Host": "localhost:4566"}, ""),
            ({**GOOD, "Host": "[::1]"}, ""),
            ({**GOOD, "Authorization": f"Bearer {KEY}"}, ""),
            ({"Host": "127.0.0.1"}, presigned),
            # Node's fetch sends it, and a page sends the others with it.
            ({**GOOD, "Sec-Fetch-Mode": "cors"}, ""),
        ]:
            with self.subTest(headers=headers):
                self.assertIsNone(why(headers, query=query))

    def test_a_web_page_may_not_even_with_the_key(self) -> None:
        for header, value in [
            ("Origin", "https://page.example"),
            ("Origin", "null"),
            ("Origin", "http://127.0.0.1:4566"),
            ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Site", "same-origin"),
            ("Sec-Fetch-Dest", "empty"),
            ("Sec-Fetch-User", "?1"),
        ]:
            for path in ("/", "/_metronome/process", "/_ministack/health"):
                with self.subTest(header=header, value=value, path=path):
                    self.assertIn(header.lower(), why({**GOOD, header: value}, path) or "")

    def test_only_names_of_the_loopback_are_hosts(self) -> None:
        for host in ("page.example", "127.0.0.1.page.example", "page.example:127", "127.0.0.2", "", "localhost.page.example:80"):
            with self.subTest(host=host):
                self.assertIn("127.0.0.1 or localhost", why({**GOOD, "Host": host}, "/_ministack/health") or "")
        doubled = [(b"host", b"127.0.0.1"), (b"host", b"page.example"), (b"authorization", SIGNATURE.encode())]
        self.assertIsNotNone(problem(doubled, "/", "", KEY))

    def test_without_the_key_only_health_is_open(self) -> None:
        others = ["", "Bearer", f"Bearer {KEY}0", "Bearer test", SIGNATURE.replace(KEY, "000000000000"), f"Basic {KEY}", KEY]
        for authorization in others:
            headers = {"Host": "127.0.0.1", **({"Authorization": authorization} if authorization else {})}
            with self.subTest(authorization=authorization):
                self.assertIn("access key", why(headers) or "")
                self.assertIsNone(why(headers, "/_ministack/health"))

    def test_no_second_place_shows_a_key(self) -> None:
        other = SIGNATURE.replace(KEY, "000000000000")
        query = f"X-Amz-Credential={KEY}/x"
        self.assertEqual(keys_in({"authorization": [other]}, query), ["000000000000"])
        self.assertEqual(keys_in({"authorization": [SIGNATURE, other]}, query), [])
        self.assertEqual(keys_in({}, f"X-Amz-Credential=other/x&{query}"), ["other"])


class KeyTest(unittest.TestCase):
    def test_each_key_is_another_and_is_no_account(self) -> None:
        self.assertNotEqual(new_key(), new_key())
        self.assertRegex(new_key(), r"^METRONOME[0-9A-F]{32}$")

    def test_its_file_is_for_this_user_alone(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            file = Path(directory) / "key"
            file.write_text("old")
            file.chmod(0o644)
            before = os.umask(0)
            try:
                write_key(file, KEY)
            finally:
                os.umask(before)
            self.assertEqual((file.read_text(), file.stat().st_mode & 0o777), (KEY, 0o600))
            self.assertEqual(os.listdir(directory), ["key"])


class ServedTest(unittest.TestCase):
    def setUp(self) -> None:
        self.emulator = Emulator()
        self.addCleanup(self.emulator.end)

    def ask(self, method: str, path: str, headers: dict[str, str], body: str = "") -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.emulator.port, timeout=5)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answered = (answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode())
        connection.close()
        return answered

    def test_a_page_creates_no_function(self) -> None:
        body = json.dumps({"FunctionName": "evil", "Runtime": "nodejs22.x", "Role": "arn:aws:iam::000000000000:role/r", "Handler": "i.h"})
        attack = {"Origin": "https://page.example", "Content-Type": "text/plain", "Sec-Fetch-Site": "cross-site"}
        for headers in (attack, {"Content-Type": "text/plain"}, {"Host": "page.example", "Authorization": f"Bearer {self.emulator.key}"}):
            with self.subTest(headers=headers):
                status, answered, _ = self.ask("POST", "/2015-03-31/functions", headers, body)
                self.assertEqual(status, 403)
                self.assertEqual([name for name in answered if name.startswith("access-control")], [])
        self.assertEqual(self.emulator.client("lambda").list_functions()["Functions"], [])

    def test_admin_endpoints_need_the_key_and_health_says_nothing(self) -> None:
        self.assertEqual(self.ask("GET", "/_metronome/process", {})[0], 403)
        self.assertEqual(self.ask("DELETE", "/_metronome/faults", {"Authorization": "Bearer test"})[0], 403)
        status, _, text = self.ask("GET", "/_ministack/health", {})
        self.assertEqual((status, json.loads(text)), (200, {"status": "up"}))
        self.assertEqual(self.emulator.admin("GET", "process")[1], {"pid": self.emulator.process.pid})

    def test_a_websocket_needs_the_key(self) -> None:
        upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Version": "13"}
        self.assertEqual(self.ask("GET", "/", upgrade)[0], 403)

    def test_answers_allow_no_other_origin_to_read_them(self) -> None:
        signed = {"Authorization": SIGNATURE.replace(KEY, self.emulator.key), "Content-Type": "application/x-www-form-urlencoded"}
        status, answered, _ = self.ask("POST", "/", signed, "Action=ListTopics&Version=2010-03-31")
        self.assertEqual(status, 200)
        self.assertEqual([name for name in answered if name.startswith("access-control")], [])

    def test_functions_may_use_it(self) -> None:
        source = """import { createRequire } from "node:module";
        const http = createRequire(import.meta.url)("node:http");
        export const handler = () => new Promise((done) => {
          const key = process.env.AWS_ACCESS_KEY_ID;
          const headers = { authorization: `AWS4-HMAC-SHA256 Credential=${key}/20261126/us-east-1/sns/aws4_request, x` };
          http.get(`${process.env.AWS_ENDPOINT_URL}/?Action=ListTopics`, { headers }, (answer) => done(answer.statusCode));
        });"""
        self.emulator.function("asks", source)
        self.assertEqual(self.emulator.invoke("asks")[1], 200)

    def test_the_key_is_in_a_private_file_and_nowhere_in_the_output(self) -> None:
        key = self.emulator.key
        self.assertEqual((self.emulator.state_dir / "access-key").stat().st_mode & 0o777, 0o600)
        self.assertNotIn(key, self.emulator.said())
        self.emulator.stop()
        self.assertFalse((self.emulator.state_dir / "access-key").exists())
        self.assertNotIn(key, self.emulator.said())


if __name__ == "__main__":
    unittest.main()
