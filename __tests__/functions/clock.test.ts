import { systemClock } from "../../functions/runtime/clock";

afterEach(() => jest.restoreAllMocks());

describe("the machine's clock", () => {
  test.each([1, 2, 4, 9, 15])("waits %d ms and never less", async (ms) => {
    const instant = systemClock.now() + ms;
    await systemClock.waitUntil(instant);
    expect(systemClock.now()).toBeGreaterThanOrEqual(instant);
  });

  test("does not wait for an instant that has passed", async () => {
    const timer = jest.spyOn(globalThis, "setTimeout");
    await systemClock.waitUntil(systemClock.now());
    await systemClock.waitUntil(systemClock.now() - 3_600_000);
    expect(timer).not.toHaveBeenCalled();
  });

  /** A machine on which a timer comes as `timerTakes` says, and a turn of the event loop takes a quarter of a ms. */
  function machine(timerTakes: (ms: number) => number) {
    let now = 1_000_000;
    const asked: number[] = [];
    jest.spyOn(Date, "now").mockImplementation(() => Math.floor(now));
    jest.spyOn(globalThis, "setTimeout").mockImplementation(((done: () => void, ms: number) => {
      asked.push(ms);
      now += timerTakes(ms);
      queueMicrotask(done);
    }) as unknown as typeof setTimeout);
    jest.spyOn(globalThis, "setImmediate").mockImplementation(((done: () => void) => {
      now += 0.25;
      queueMicrotask(done);
    }) as unknown as typeof setImmediate);
    return { asked, now: () => Math.floor(now) };
  }

  test("reads the clock again after a timer that came early, and arrives to the ms", async () => {
    const { now, asked } = machine((ms) => Math.max(0.5, ms - 1));
    await systemClock.waitUntil(1_000_500);
    expect(now()).toBe(1_000_500);
    expect(asked.length).toBeGreaterThan(1);
  });

  test("arrives to the ms where a timer is rounded up by one", async () => {
    const { now } = machine((ms) => ms + 1);
    await systemClock.waitUntil(1_000_500);
    expect(now()).toBe(1_000_500);
  });
});
