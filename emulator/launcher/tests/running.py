"""A real emulator for tests: started on a free port, always ended, with AWS clients and a way to wait."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import botocore.config
import botocore.session

LAUNCHER = Path(__file__).resolve().parent.parent / "launcher.py"
REGION = "eu-central-1"
ROLE = "arn:aws:iam::000000000000:role/test"
Found = TypeVar("Found")


def free_port() -> int:
    """A TCP port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(find: Callable[[], Found], seconds: float = 10, what: str = "it") -> Found:
    """What find returns once that is true. Fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        found = find()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come within {seconds} s")
        time.sleep(0.05)


def zipped(source: str) -> bytes:
    """A function's code: one index.mjs."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr("index.mjs", source)
    return memory.getvalue()


class Emulator:
    """One emulator process with its own state directory."""

    def __init__(self, *flags: str, environment: dict[str, str] | None = None, state_dir: Path | None = None) -> None:
        self.port = free_port()
        self._own_dir = None if state_dir else tempfile.mkdtemp(prefix="emulator-test-")
        self.state_dir = state_dir or Path(self._own_dir or "")
        command = [sys.executable, str(LAUNCHER), "--port", str(self.port), "--state-dir", str(self.state_dir), *flags]
        self.output = open(self.state_dir / "stdout.log", "w+", encoding="utf-8")
        self.process = subprocess.Popen(command, stdout=self.output, stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})})
        try:
            until(self.answers, 20, f"an answer of the emulator\n{self.said()}")
        except AssertionError:
            self.end()
            raise

    def answers(self) -> bool:
        """Whether the health endpoint answers 200."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/_ministack/health", timeout=2) as response:
                return response.status == 200
        except OSError:
            return False

    @property
    def key(self) -> str:
        """The access key of this run."""
        return (self.state_dir / "access-key").read_text(encoding="utf-8")

    def said(self) -> str:
        """All that the process has written."""
        return (self.state_dir / "stdout.log").read_text(encoding="utf-8")

    def client(self, service: str) -> Any:
        """A client of an AWS service, talking to this emulator."""
        config = botocore.config.Config(retries={"max_attempts": 0}, read_timeout=30)
        return botocore.session.get_session().create_client(
            service,
            region_name=REGION,
            endpoint_url=f"http://127.0.0.1:{self.port}",
            aws_access_key_id=self.key,
            aws_secret_access_key="test",
            config=config,
        )

    def admin(self, method: str, name: str, body: Any = None) -> tuple[int, Any]:
        """Status and answer of an admin endpoint."""
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.key}"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/_metronome/{name}", raw, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=5) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def function(self, name: str, source: str, **settings: Any) -> str:
        """Creates a Node function; returns its ARN."""
        created = self.client("lambda").create_function(
            FunctionName=name,
            Runtime="nodejs22.x",
            Role=ROLE,
            Handler="index.handler",
            Code={"ZipFile": zipped(source)},
            Timeout=20,
            **settings,
        )
        return created["FunctionArn"]

    def invoke(self, name: str, payload: Any = None, **settings: Any) -> tuple[dict[str, Any], Any]:
        """The answer to an invocation and its decoded payload."""
        answer = self.client("lambda").invoke(FunctionName=name, Payload=json.dumps(payload or {}), **settings)
        raw = answer["Payload"].read()
        return answer, json.loads(raw) if raw else None

    def log_lines(self, name: str) -> list[str]:
        """The messages in a function's log group so far."""
        logs = self.client("logs")
        try:
            found = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}", limit=1000)["events"]
        except logs.exceptions.ResourceNotFoundException:
            return []
        return [event["message"] for event in found]

    def queue(self, name: str) -> tuple[str, str]:
        """Creates a queue; returns its URL and ARN."""
        url = self.client("sqs").create_queue(QueueName=name)["QueueUrl"]
        return url, f"arn:aws:sqs:{REGION}:000000000000:{name}"

    def messages(self, url: str) -> list[Any]:
        """The bodies of the messages that a queue holds, decoded; takes them out."""
        sqs, bodies = self.client("sqs"), []
        while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            for message in found:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                bodies.append(json.loads(message["Body"]))
        return bodies

    def stop(self, how: int = signal.SIGTERM) -> tuple[int, float]:
        """Signals the process; its exit code and the seconds it took to end."""
        begun = time.monotonic()
        self.process.send_signal(how)
        code = self.process.wait(timeout=15)
        return code, time.monotonic() - begun

    def end(self) -> None:
        """Ends the process in any state and removes its directory."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=6)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.output.close()
        if self._own_dir:
            shutil.rmtree(self._own_dir, ignore_errors=True)


def children(pid: int) -> list[int]:
    """The processes that this one has started."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
    return [child for child, parent in pairs if parent == pid]


def is_alive(pid: int) -> bool:
    """Whether the process exists and is not merely waiting to be collected."""
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout.strip()
    return bool(listed) and not listed.startswith("Z")
