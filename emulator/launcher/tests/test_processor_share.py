"""The share of a processor that a function's memory buys: which groups are made, and what the kernel does with them."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from processor_share import PERIOD_US, Place, ProcessorShares, ShareError, places, quota_us
from tests.running import Emulator, children, until

BURNS = """export const handler = async () => {
  const begun = performance.now();
  const used = process.cpuUsage();
  while (process.cpuUsage(used).user + process.cpuUsage(used).system < 100000);
  return performance.now() - begun;
};"""


class QuotaTest(unittest.TestCase):
    def test_1769_mb_are_one_processor(self) -> None:
        self.assertEqual([quota_us(mb) for mb in (128, 1769, 3538)], [1447, PERIOD_US, 2 * PERIOD_US])

    def test_the_kernel_takes_no_less_than_a_millisecond(self) -> None:
        self.assertEqual(quota_us(64), 1000)


class PlacesTest(unittest.TestCase):
    def test_version_1(self) -> None:
        mounts = "proc /proc proc rw 0 0\ncgroup /c/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0\ncgroup /c/cpuset cgroup rw,cpuset 0 0"
        found = places(mounts, "3:cpuset:/x\n2:cpu,cpuacct:/docker/7\n0::/")
        self.assertEqual(found, [Place(Path("/c/cpu,cpuacct/docker/7"), 1), Place(Path("/c/cpu,cpuacct"), 1)])

    def test_version_2(self) -> None:
        found = places("cgroup2 /c cgroup2 rw 0 0", "0::/user.slice/a.scope")
        self.assertEqual(found, [Place(Path("/c/user.slice"), 2), Place(Path("/c/user.slice/a.scope"), 2)])
        self.assertEqual(places("cgroup2 /c cgroup2 rw 0 0", "0::/"), [Place(Path("/c"), 2)])

    def test_none(self) -> None:
        self.assertEqual(places("proc /proc proc rw 0 0", "0::/"), [])


class FirstOfTest(unittest.TestCase):
    """On directories that stand in for the kernel's: what is written, and what is said when it cannot be."""

    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.directory = Path(holder.name)

    def test_no_place(self) -> None:
        with self.assertRaisesRegex(ShareError, "no control group with the controller cpu is mounted"):
            ProcessorShares.first_of([])

    def test_each_place_gives_its_reason(self) -> None:
        (self.directory / "cgroup.controllers").write_text("memory pids")
        with self.assertRaises(ShareError) as caught:
            ProcessorShares.first_of([Place(self.directory / "missing", 1), Place(self.directory, 2)])
        self.assertIn("missing: No such file or directory", str(caught.exception))
        self.assertIn(f"{self.directory}: the controller cpu is not passed on to it", str(caught.exception))

    def test_version_2_passes_the_controller_on(self) -> None:
        (self.directory / "cgroup.controllers").write_text("cpu memory")
        control = self.directory / "cgroup.subtree_control"
        control.write_text("")
        # A directory that is not the kernel's has no cpu.max in a new group.
        with self.assertRaisesRegex(ShareError, "No such file"):
            ProcessorShares.first_of([Place(self.directory, 2)])
        self.assertEqual(control.read_text(), "+cpu")
        self.assertEqual(sorted(one.name for one in self.directory.iterdir()), ["cgroup.controllers", "cgroup.subtree_control"])


def machine_problem() -> str | None:
    try:
        ProcessorShares.here()
    except ShareError as error:
        return str(error)
    return None


class KernelTest(unittest.TestCase):
    """Both halves of what the flag does: it takes effect where the kernel allows it, and elsewhere says why not."""

    def test_the_flag_takes_effect_or_says_why_not(self) -> None:
        problem = machine_problem()
        if problem is not None:
            with self.assertRaisesRegex(AssertionError, "not possible here"):
                Emulator("--processor-share")
            return
        emulator = Emulator("--processor-share")
        self.addCleanup(emulator.end)
        emulator.function("burns", BURNS, MemorySize=128)
        _, whole_share_ms = emulator.invoke("burns")
        # 100 ms of processor time are 1,382 ms of a 128 MB function; a part of the first period may pass unlimited.
        self.assertGreater(whole_share_ms, 700)
        workers = until(lambda: children(emulator.process.pid))
        groups = [group for line in Path(f"/proc/{workers[0]}/cgroup").read_text().splitlines() for group in [line.split(":", 2)[2]]]
        name = f"metronome-{emulator.process.pid}-{workers[0]}"
        self.assertTrue(any(group.endswith(name) for group in groups), groups)
        found = places(Path("/proc/self/mounts").read_text(), Path("/proc/self/cgroup").read_text())
        emulator.stop()
        self.assertEqual([one.directory / name for one in found if (one.directory / name).exists()], [])

    def test_a_process_that_is_not_limited_is_fast(self) -> None:
        emulator = Emulator()
        self.addCleanup(emulator.end)
        emulator.function("burns", BURNS, MemorySize=128)
        workers = until(lambda: emulator.invoke("burns") and children(emulator.process.pid))
        self.assertNotIn("metronome-", Path(f"/proc/{workers[0]}/cgroup").read_text() if sys.platform == "linux" else "")

    def test_a_group_that_a_killed_emulator_left_is_removed(self) -> None:
        if machine_problem() is not None:
            self.assertIsNotNone(machine_problem())
            return
        ended = subprocess.Popen([sys.executable, "-c", ""])
        ended.wait()
        place = ProcessorShares.here()._place
        left = place.directory / f"metronome-{ended.pid}-1"
        left.mkdir()
        ProcessorShares.here()
        self.assertFalse(left.exists())


if __name__ == "__main__":
    unittest.main()
