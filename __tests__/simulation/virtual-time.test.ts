import { MINUTE } from "./schedules";
import { installAsGlobalTime, VirtualTime } from "./virtual-time";

test("time jumps from timer to timer, and every run that waits sees its own instant", async () => {
  const time = new VirtualTime(MINUTE);
  const seen: string[] = [];
  const run = async (name: string, ...instants: number[]) => {
    for (const instant of instants) {
      await time.waitUntil(MINUTE + instant);
      seen.push(`${name} ${time.now() - MINUTE}`);
    }
  };
  const all = Promise.all([run("a", 1_000, 1_000, 500, 7_200_000), run("b", 999, 1_001), run("c", 1_000)]);
  await time.passUntil(MINUTE + 3_600_000);
  expect(seen).toEqual(["b 999", "a 1000", "a 1000", "a 1000", "c 1000", "b 1001"]);
  expect(time.now()).toBe(MINUTE + 3_600_000);
  await time.passUntilDone(all);
  expect(seen.at(-1)).toBe("a 7200000");
});

test("work that waits for nothing that could come is told, not hung on", async () => {
  await expect(new VirtualTime(0).passUntilDone(new Promise(() => undefined))).rejects.toThrow("nothing is left");
});

test("as the global time it drives timers and dates, until it is taken away", async () => {
  const time = new VirtualTime(MINUTE);
  const real = { Date, setTimeout, clearTimeout };
  const restore = installAsGlobalTime(time);
  try {
    const gone = setTimeout(() => expect("a cleared timer").toBe("silent"), 10);
    clearTimeout(gone);
    await time.passUntilDone(new Promise((resolve) => setTimeout(resolve, 250)));
    expect([Date.now(), new Date().toISOString()]).toEqual([MINUTE + 250, "2026-11-22T18:25:00.250Z"]);
    expect(new Date("2026-01-01T00:00:00.000Z").getUTCFullYear()).toBe(2026);
  } finally {
    restore();
  }
  expect({ Date, setTimeout, clearTimeout }).toEqual(real);
});
