"""The emulator's process: output, end, parent, persistence."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from tests.covered import covers
from tests.running import LAUNCHER, Emulator, children, free_port, is_alive, until

WAITS = "export const handler = async () => { console.log('waiting'); await new Promise((done) => setTimeout(done, 60000)); };"


def busy(emulator: Emulator) -> list[int]:
    """Has the emulator run a handler that waits for a minute; returns its workers' process ids."""
    emulator.function("waits", WAITS)
    emulator.invoke("waits", InvocationType="Event")
    return until(lambda: children(emulator.process.pid))


class EndTest(unittest.TestCase):
    def start(self, *flags: str, state_dir: Path | None = None) -> Emulator:
        emulator = Emulator(*flags, state_dir=state_dir)
        self.addCleanup(emulator.end)
        return emulator

    def test_signals_end_it_and_its_workers_and_leave_nothing(self) -> None:
        for how in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(how=how):
                emulator = self.start()
                workers = busy(emulator)
                time.sleep(0.3)
                code, seconds = emulator.stop(how)
                self.assertEqual(code, 0)
                self.assertLess(seconds, 3)
                self.assertEqual([pid for pid in workers if is_alive(pid)], [])
                self.assertFalse((emulator.state_dir / "tmp").exists())
                lines = [json.loads(line) for line in emulator.said().splitlines()]
                self.assertEqual(lines[-1]["message"], "stopped")
                self.assertIn("rules_fire_at_a_phase_second", lines[0]["gaps"])

    @covers("workers_end_with_the_emulator")
    def test_a_killed_emulator_leaves_no_worker(self) -> None:
        emulator = self.start()
        workers = busy(emulator)
        emulator.stop(signal.SIGKILL)
        until(lambda: not any(is_alive(pid) for pid in workers), 5, "the end of the workers")

    def test_state_is_kept_with_persist(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            first = self.start("--persist", state_dir=Path(directory))
            first.client("s3").create_bucket(Bucket="kept", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
            first.client("s3").put_object(Bucket="kept", Key="state", Body=b"1")
            first.client("events").put_rule(Name="kept", ScheduleExpression="rate(1 minute)")
            _, queue = first.queue("kept")
            first.client("events").put_targets(Rule="kept", Targets=[{"Id": "1", "Arn": queue}])
            self.assertEqual(first.stop()[0], 0)
            second = self.start("--persist", state_dir=Path(directory))
            self.assertEqual(second.client("s3").get_object(Bucket="kept", Key="state")["Body"].read(), b"1")
            until(lambda: [firing for firing in second.admin("GET", "firing")[1]["upcoming"] if firing["rule"] == "kept"])
            self.assertEqual(second.stop()[0], 0)
            first.output.close()
            second.output.close()


class ParentTest(unittest.TestCase):
    def survives(self, *flags: str) -> bool:
        """Whether an emulator lives on after the process that started it was killed; ends it in any case."""
        port = free_port()
        with tempfile.TemporaryDirectory() as directory:
            command = [sys.executable, str(LAUNCHER), "--port", str(port), "--state-dir", directory, *flags]
            starter = (
                f"import subprocess, time; print(subprocess.Popen({command!r}, stdout=subprocess.DEVNULL).pid, flush=True); time.sleep(60)"
            )
            parent = subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.PIPE, text=True)
            assert parent.stdout is not None
            pid = int(parent.stdout.readline())
            try:
                until(lambda: (Path(directory) / "s3").is_dir(), 10)
                time.sleep(1.5)
                parent.kill()
                parent.wait()
                deadline = time.monotonic() + 4
                while is_alive(pid) and time.monotonic() < deadline:
                    time.sleep(0.1)
                return is_alive(pid)
            finally:
                parent.kill()
                parent.wait()
                parent.stdout.close()
                if is_alive(pid):
                    os.kill(pid, signal.SIGTERM)
                    until(lambda: not is_alive(pid), 8, "the end of the emulator")

    def test_it_ends_with_its_parent_only_where_told_to(self) -> None:
        self.assertFalse(self.survives("--watch-parent"))
        self.assertTrue(self.survives())


class RefusalTest(unittest.TestCase):
    def refuse(self, *argv: str) -> tuple[int, str]:
        ended = subprocess.run([sys.executable, str(LAUNCHER), *argv], capture_output=True, text=True, timeout=20, check=False)
        return ended.returncode, ended.stdout + ended.stderr

    def test_one_line_says_why_it_does_not_start(self) -> None:
        emulator = Emulator()
        self.addCleanup(emulator.end)
        with tempfile.TemporaryDirectory() as directory:
            cases = [
                (["--port", "1", "--state-dir", directory, "--host", "0.0.0.0"], "127.0.0.1 only"),
                (["--port", str(emulator.port), "--state-dir", directory], f"port {emulator.port} is taken"),
                (["--port", str(free_port()), "--state-dir", str(emulator.state_dir)], "in use by another emulator"),
            ]
            for argv, message in cases:
                with self.subTest(message=message):
                    code, said = self.refuse(*argv)
                    self.assertEqual((code, len(said.strip().splitlines())), (2, 1), said)
                    self.assertIn(message, said)


if __name__ == "__main__":
    unittest.main()
