import fc from "fast-check";
import { tickAt, tickMessage } from "../../schedule/tick";
import type { Lease } from "../../tick/src/lease";
import { onTick } from "../../tick/src/on-tick";
import { MINUTE, scheduleOf } from "../simulation/schedules";
import { VirtualTime } from "../simulation/virtual-time";

const INTERVAL_MS = 10_000;
const SCHEDULE = scheduleOf(INTERVAL_MS / 1_000);
const messageAt = (ms: number) => tickMessage(SCHEDULE, tickAt(SCHEDULE, MINUTE + ms), MINUTE);

/** A store of leases in memory, whose answers take `answersMs`. */
function leases(
  time: VirtualTime,
  answersMs = 0,
): Lease & { readonly held: Map<string, { holder: string; until: number }> } {
  const held = new Map<string, { holder: string; until: number }>();
  return {
    held,
    async take(key, holder, until) {
      await time.pause(answersMs);
      const row = held.get(key);
      if (row && row.until > time.now()) return false;
      held.set(key, { holder, until });
      return true;
    },
    async release(key, holder) {
      await time.pause(answersMs);
      if (held.get(key)?.holder === holder) held.delete(key);
    },
  };
}

/** A target whose runs take as long as told, and ticks that reach it. Instants in ms after MINUTE. */
function target(runMs: (id: string) => number, lease: (time: VirtualTime) => Lease = leases, timeoutMs = 60_000) {
  const time = new VirtualTime(MINUTE);
  const runs: { id: string; from: number; to: number }[] = [];
  const lines: Readonly<Record<string, unknown>>[] = [];
  const handler = onTick(
    async (_, { id }) => {
      const run = { id, from: time.now() - MINUTE, to: Number.POSITIVE_INFINITY };
      runs.push(run);
      await time.pause(runMs(id));
      run.to = time.now() - MINUTE;
      return "done";
    },
    { overlap: "skip", lease: lease(time), clock: time, log: (line) => lines.push(line) },
  );
  const send = (atMs: number, arrivesMs = atMs) =>
    new Promise<unknown>((resolve) => {
      time.at(MINUTE + arrivesMs, () => {
        const endsAt = time.now() + timeoutMs;
        const context = { getRemainingTimeInMillis: () => endsAt - time.now() };
        resolve(handler(messageAt(atMs), context).catch((error: Error) => error));
      });
    });
  const dropped = () =>
    lines
      .filter(({ message }) => message === "tick.dropped")
      .map(({ tick, reason }) => [(tick as { id: string }).id, reason]);
  return { time, runs, lines, send, dropped };
}

const idAt = (ms: number) => messageAt(ms).tick.id;

test("a tick that comes while an earlier one runs is dropped, says why, and the next one runs", async () => {
  const { time, runs, send, dropped } = target((id) => (id === idAt(10_000) ? 15_000 : 1_000));
  const results = [send(10_000), send(20_000), send(30_000)];
  await time.passUntil(MINUTE + 60_000);
  expect(await Promise.all(results)).toEqual(["done", undefined, "done"]);
  expect(runs.map(({ id, from }) => [id, from])).toEqual([
    [idAt(10_000), 10_000],
    [idAt(30_000), 30_000],
  ]);
  expect(dropped()).toEqual([[idAt(20_000), "overlap"]]);
});

test("one that is held until its instant takes the lease at its instant: the one before it may run until then", async () => {
  const { time, runs, send, dropped } = target(() => 9_900);
  const results = [send(10_000), send(20_000, 19_250)];
  await time.passUntil(MINUTE + 60_000);
  expect(await Promise.all(results)).toEqual(["done", "done"]);
  expect(runs.map(({ from }) => from)).toEqual([10_000, 20_000]);
  expect(dropped()).toEqual([]);
});

test("a run that fails gives the lease back, and its error is the handler's", async () => {
  const { time, send } = target((id) => {
    if (id === idAt(10_000)) throw new Error("the work failed");
    return 0;
  });
  const results = [send(10_000), send(20_000)];
  await time.passUntil(MINUTE + 60_000);
  expect(await Promise.all(results)).toEqual([new Error("the work failed"), "done"]);
});

test("a lease that cannot be given back does not fail the tick, and one that cannot be taken does", async () => {
  const broken = (part: "take" | "release") => (time: VirtualTime) => ({
    ...leases(time),
    [part]: () => Promise.reject(new Error("throttled")),
  });
  const kept = target(() => 0, broken("release"));
  const done = kept.send(10_000);
  await kept.time.passUntil(MINUTE + 60_000);
  expect(await done).toBe("done");
  expect(kept.lines.at(-1)).toMatchObject({ level: "WARN", message: "lease.kept", error: "Error: throttled" });
  const untaken = target(() => 0, broken("take"));
  const failed = untaken.send(10_000);
  await untaken.time.passUntil(MINUTE + 60_000);
  expect(await failed).toEqual(new Error("throttled"));
  expect(untaken.runs).toEqual([]);
});

test("a lease lasts as long as its invocation can, and a second for clocks that differ; 15 minutes if that is not known", async () => {
  const ends: number[] = [];
  const time = new VirtualTime(MINUTE + 10_000);
  const lease: Lease = {
    take: async (_key, _holder, until) => ends.push(until - time.now()) > 0,
    release: async () => undefined,
  };
  const handler = onTick(() => 1, { overlap: "skip", lease, clock: time, log: () => undefined });
  await time.passUntilDone(handler(messageAt(10_000), { getRemainingTimeInMillis: () => 30_000 }));
  await time.passUntilDone(handler(messageAt(10_000)));
  expect(ends).toEqual([31_000, 15 * 60_000 + 1_000]);
});

test("whatever runs how long, and whichever die: each tick is run or dropped, never two at once, and a dead one blocks no longer than its invocation", async () => {
  const timeoutMs = 45_000;
  const drawn = fc.record({ runMs: fc.nat(40_000), dies: fc.boolean(), lateMs: fc.nat(3_000) });
  await fc.assert(
    fc.asyncProperty(fc.array(drawn, { minLength: 2, maxLength: 12 }), fc.nat(40), async (ticks, answersMs) => {
      const ids = ticks.map((_, k) => idAt((k + 1) * INTERVAL_MS));
      // One that dies runs on until long after the play, and gives nothing back.
      const lasts = (id: string) => {
        const { dies = false, runMs = 0 } = ticks[ids.indexOf(id)] ?? {};
        return dies ? 100 * timeoutMs : runMs;
      };
      const { time, runs, send, dropped } = target(lasts, (clock) => leases(clock, answersMs), timeoutMs);
      ticks.forEach(({ lateMs }, k) => void send((k + 1) * INTERVAL_MS, (k + 1) * INTERVAL_MS + lateMs));
      await time.passUntil(MINUTE + (ticks.length + 10) * INTERVAL_MS);
      const decided = [...runs.map(({ id }) => id), ...dropped().map(([id]) => id)];
      expect(decided.sort()).toEqual([...ids].sort());
      // How long each run may keep the next one out: the answers to take and release, and the margin of a dead one's lease.
      const keepsOut = runs.map(({ from, to }) => ({
        from,
        to: Math.min(to, from + timeoutMs + 1_000) + 2 * answersMs,
      }));
      for (const [k, run] of runs.entries()) {
        const before = runs.slice(0, k).filter(({ to }) => to !== Number.POSITIVE_INFINITY && to > run.from);
        expect(before).toEqual([]);
      }
      for (const [id] of dropped()) {
        const k = ids.indexOf(String(id));
        const at = (k + 1) * INTERVAL_MS + (ticks[k]?.lateMs ?? 0) + answersMs;
        expect(keepsOut.some(({ from, to }) => from <= at && at <= to)).toBe(true);
      }
    }),
    { numRuns: 100 },
  );
});
