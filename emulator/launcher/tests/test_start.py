"""Starting: the command line, the environment, the state directory, the list of gaps."""

from __future__ import annotations

import importlib
import pkgutil
import re
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import gaps
import tests
from environment import for_emulator, replace
from gaps import registry
from settings import SettingsError, parse_settings
from state_dir import StateDir, StateDirInUse
from tests.covered import COVERED

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "emulator.md"
LINES_AT_MOST = 300


class SettingsTest(unittest.TestCase):
    def test_the_defaults(self) -> None:
        settings = parse_settings(["--port", "4566", "--state-dir", "d"])
        self.assertEqual((settings.phase.second, settings.phase.jitter_ms, settings.phase.seed), (37, 400, 1))
        self.assertEqual((settings.persist, settings.watch_parent, settings.log_level), (False, False, "warning"))

    def test_what_is_refused(self) -> None:
        good = ["--port", "4566", "--state-dir", "d"]
        refused = [
            (["--state-dir", "d"], "--port"),
            (["--port", "4566"], "--state-dir"),
            (["--port", "0", "--state-dir", "d"], "--port must be 1..65535"),
            ([*good, "--host", "0.0.0.0"], "127.0.0.1 only"),
            ([*good, "--rule-second", "60"], "the second must be 0..59"),
            ([*good, "--rule-second", "59", "--rule-jitter-ms", "1000"], "0..999 ms"),
            ([*good, "--log-level", "loud"], "--log-level"),
        ]
        for argv, message in refused:
            with self.subTest(argv=argv), self.assertRaises(SettingsError) as caught:
                parse_settings(argv)
            self.assertIn(message, str(caught.exception))


class EnvironmentTest(unittest.TestCase):
    def test_only_what_is_known_is_passed_on(self) -> None:
        inherited = {
            "PATH": "/bin",
            "HOME": "/home/me",
            "AWS_PROFILE": "prod",
            "AWS_SECRET_ACCESS_KEY": "s",
            "NODE_OPTIONS": "--import tsx",
            "AUTH": "true",
        }
        with tempfile.TemporaryDirectory() as directory:
            settings = parse_settings(["--port", "4566", "--state-dir", directory])
            state_dir = StateDir.claim(settings.state_dir)
            made = for_emulator(inherited, settings, state_dir, "METRONOME0")
            state_dir.lock.close()
        self.assertEqual((made["PATH"], made["HOME"]), ("/bin", "/home/me"))
        self.assertEqual(made["AWS_ACCESS_KEY_ID"], "METRONOME0")
        self.assertEqual([name for name in ("AWS_PROFILE", "AWS_SECRET_ACCESS_KEY", "NODE_OPTIONS", "AUTH") if name in made], [])
        self.assertEqual((made["GATEWAY_PORT"], made["BIND_HOST"], made["TZ"]), ("4566", "127.0.0.1", "UTC"))
        inside = ("STATE_DIR", "S3_DATA_DIR", "TMPDIR")
        self.assertEqual([name for name in inside if not made[name].startswith(str(settings.state_dir))], [])

    def test_it_replaces_all(self) -> None:
        target = {"old": "1"}
        replace({"new": "2"}, target)
        self.assertEqual(target, {"new": "2"})


class StateDirTest(unittest.TestCase):
    def test_one_emulator_at_a_time(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            first = StateDir.claim(Path(directory))
            with self.assertRaises(StateDirInUse):
                StateDir.claim(Path(directory))
            first.lock.close()
            StateDir.claim(Path(directory)).lock.close()

    def test_other_users_cannot_look_into_it(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            StateDir.claim(Path(directory) / "aws").lock.close()
            self.assertEqual((Path(directory) / "aws").stat().st_mode & 0o777, 0o700)

    def test_left_over_scratch_goes(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            left = Path(directory) / "tmp" / "left-over"
            left.mkdir(parents=True)
            StateDir.claim(Path(directory)).lock.close()
            self.assertFalse(left.exists())


class GapsTest(unittest.TestCase):
    def test_the_document_lists_the_closed_gaps_and_no_other(self) -> None:
        closed = [gap.name for gap in registry.closed_gaps()]
        section = DOCUMENT.read_text(encoding="utf-8").split("## Gaps closed")[1].split("\n## ")[0]
        self.assertEqual(sorted(re.findall(r"^\| `(\w+)` \|", section, re.M)), sorted(closed))

    def test_every_closed_gap_has_a_test(self) -> None:
        for module in pkgutil.iter_modules(tests.__path__):
            importlib.import_module(f"tests.{module.name}")
        self.assertEqual(sorted(COVERED), sorted(gap.name for gap in registry.closed_gaps()))

    def test_every_closed_gap_gives_its_reason(self) -> None:
        for gap in registry.closed_gaps():
            with self.subTest(gap=gap.name):
                reason = gap.as_json()["reason"]
                self.assertIn("AWS", reason)
                self.assertIn("MiniStack", reason)
                self.assertRegex(reason, r"(services|core)/\w+\.py:\s?\w+")
                self.assertTrue(gap.replaces)

    def test_the_symbols_are_there(self) -> None:
        registry.check_ministack()

    def test_another_ministack_is_refused(self) -> None:
        with mock.patch.object(registry, "version", return_value="1.6.0"), self.assertRaises(registry.GapError) as caught:
            registry.check_ministack()
        self.assertIn("MiniStack is 1.6.0, the gaps were measured in 1.5.33", str(caught.exception))

    def test_a_missing_symbol_is_refused(self) -> None:
        for reference in ("services.eventbridge:_no_such", "services.no_such:x", "core.lambda_runtime:Worker.no_such"):
            with self.subTest(reference=reference), self.assertRaises(registry.GapError) as caught:
                registry.resolve(reference)
            self.assertIn(reference, str(caught.exception))

    def test_a_changed_worker_script_is_refused(self) -> None:
        for text in ("", "let a;\nlet a;\n"):
            with self.subTest(text=text), self.assertRaises(registry.GapError):
                registry.replaced_once(text, "let a;\n", "let b;\n")

    def test_modules_stay_small(self) -> None:
        for path in Path(gaps.__file__).resolve().parents[1].rglob("*.py"):
            with self.subTest(path=path.name):
                self.assertLess(len(path.read_text(encoding="utf-8").splitlines()), LINES_AT_MOST)


if __name__ == "__main__":
    unittest.main()
