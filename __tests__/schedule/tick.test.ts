import fc from "fast-check";
import { LONGEST_SCHEDULE_NAME } from "../../config/schedule-schema";
import { firstAfter, instantsBetween } from "../../schedule/grid";
import { iso, type Json, readTickMessage, relativeTick, tickAt, tickId, tickMessage } from "../../schedule/tick";
import { MINUTE, scheduleOf } from "../simulation/schedules";

/** Any name the configuration allows. */
const names = fc.stringMatching(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/).filter((name) => name.length <= LONGEST_SCHEDULE_NAME);
const instants = fc.integer({ min: 0, max: 4_102_444_800_000 });

describe("a tick's id", () => {
  test("is the schedule's name and the epoch second", () => {
    expect(tickId("heartbeat", Date.parse("2026-11-22T18:25:10.000Z"))).toBe("heartbeat-1795371910");
  });

  test("is legal as the name of an execution", () => {
    fc.assert(
      fc.property(names, instants, (name, at) => {
        expect(tickId(name, at)).toMatch(/^[A-Za-z0-9_-]{1,80}$/);
      }),
    );
    expect(tickId("x".repeat(LONGEST_SCHEDULE_NAME), 9_999_999_999_000).length).toBeLessThanOrEqual(80);
  });

  test("is another for every tick of a schedule, and for every schedule at one instant", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7_200 }), instants, names, names, (intervalS, from, name, other) => {
        const at = instantsBetween(scheduleOf(intervalS), from, from + 100 * intervalS * 1_000);
        expect(new Set(at.map((instant) => tickId(name, instant))).size).toBe(100);
        fc.pre(name !== other);
        expect(tickId(name, from)).not.toBe(tickId(other, from));
      }),
    );
  });

  test("is the same whichever strategy computes it", () => {
    const loop = tickAt(scheduleOf(60, 0, { strategy: "sfn-loop" }), MINUTE);
    const clock = tickAt(scheduleOf(60, 0, { strategy: "lambda-clock" }), MINUTE);
    expect(loop).toEqual(clock);
  });
});

describe("a tick of a grid", () => {
  test("expires a catch-up window after its instant", () => {
    const tick = tickAt(scheduleOf(10, 0, { catchUpMs: 3_000 }), MINUTE);
    expect(tick).toEqual({ id: "beat-1795371900", scheduledAt: MINUTE, expiresAt: MINUTE + 3_000 });
  });

  test("is refused off the grid", () => {
    expect(() => tickAt(scheduleOf(10), MINUTE + 1)).toThrow(
      new RangeError('2026-11-22T18:25:00.001Z is not on the grid of schedule "beat"'),
    );
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 7_200 }), instants, (intervalS, from) => {
        const schedule = scheduleOf(intervalS);
        const next = firstAfter(schedule, from);
        expect(tickAt(schedule, next).scheduledAt).toBe(next);
        expect(() => tickAt(schedule, next - 1_000)).toThrow(RangeError);
      }),
    );
  });

  test("of relative pacing has no instant, and expires from its dispatch on", () => {
    const tick = relativeTick(scheduleOf(10), MINUTE + 123);
    expect(tick).toEqual({ id: "beat-1795371900", scheduledAt: null, expiresAt: MINUTE + 10_123 });
  });
});

describe("the tick contract", () => {
  const schedule = scheduleOf(10, 0, { name: "heartbeat", payload: { whatever: ["the", "config", "says"] } });
  const message = tickMessage(schedule, tickAt(schedule, MINUTE + 10_000), MINUTE + 10_003);

  test("is what the design prints", () => {
    expect(message).toEqual({
      tick: {
        id: "heartbeat-1795371910",
        schedule: "heartbeat",
        strategy: "sfn-loop",
        scheduledAt: "2026-11-22T18:25:10.000Z",
        dispatchedAt: "2026-11-22T18:25:10.003Z",
        expiresAt: "2026-11-22T18:25:20.000Z",
      },
      payload: { whatever: ["the", "config", "says"] },
    });
  });

  test("under relative pacing has no scheduledAt", () => {
    expect(tickMessage(schedule, relativeTick(schedule, MINUTE), MINUTE).tick.scheduledAt).toBeNull();
  });

  test("reads back from a Lambda event and from an SNS notification, whatever the payload", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (payload) => {
        const sent = JSON.stringify({ ...message, payload: payload as Json });
        const notification = { Records: [{ EventSource: "aws:sns", Sns: { Message: sent, MessageAttributes: {} } }] };
        expect(readTickMessage(JSON.parse(sent))).toEqual(JSON.parse(sent));
        expect(readTickMessage(notification)).toEqual(JSON.parse(sent));
      }),
    );
  });

  test.each([
    ["nothing", undefined],
    ["null", null],
    ["an empty event", {}],
    ["a text", "tick"],
    ["a tick without id", { tick: { dispatchedAt: iso(MINUTE) } }],
    ["a tick that was not dispatched", { tick: { id: "beat-1" } }],
    ["a notification of something else", { Records: [{ Sns: { Message: '{"alarm":true}' } }] }],
    ["a rule's event", { "detail-type": "Scheduled Event", time: "2026-11-22T18:25:10Z" }],
  ])("%s carries no tick", (_, event) => {
    expect(() => readTickMessage(event)).toThrow(TypeError);
  });

  test("writes instants in UTC with milliseconds", () => {
    expect(iso(MINUTE)).toBe("2026-11-22T18:25:00.000Z");
  });
});
