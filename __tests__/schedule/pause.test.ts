import { ALL_SCHEDULES, type HandPause, PAUSES_ID, pauseAt, pauseField, readPauses } from "../../schedule/pause";

const NOON = Date.parse("2026-11-27T12:00:00.000Z");

const pause = (until: string): HandPause => ({
  since: "2026-11-27T11:00:00.000Z",
  until,
  by: "arn:aws:sts::111111111111:assumed-role/operator/alice",
  note: "migration",
});
const UNTIL_ONE = pause("2026-11-27T13:00:00.000Z");
const UNTIL_TWO = pause("2026-11-27T14:00:00.000Z");
const OVER = pause("2026-11-27T12:00:00.000Z");

test("a schedule has its own pause, or that of all, whichever ends later", () => {
  const own = pauseField("beat");
  expect(pauseAt({}, "beat", NOON)).toBeUndefined();
  expect(pauseAt({ [own]: UNTIL_ONE }, "beat", NOON)).toBe(UNTIL_ONE);
  expect(pauseAt({ [own]: UNTIL_ONE }, "other", NOON)).toBeUndefined();
  expect(pauseAt({ [ALL_SCHEDULES]: UNTIL_ONE }, "other", NOON)).toBe(UNTIL_ONE);
  expect(pauseAt({ [own]: UNTIL_ONE, [ALL_SCHEDULES]: UNTIL_TWO }, "beat", NOON)).toBe(UNTIL_TWO);
  expect(pauseAt({ [own]: UNTIL_TWO, [ALL_SCHEDULES]: UNTIL_ONE }, "beat", NOON)).toBe(UNTIL_TWO);
});

test("a pause is over at its end, for the tick that is due then", () => {
  expect(pauseAt({ [ALL_SCHEDULES]: OVER }, "beat", NOON - 1)).toBe(OVER);
  expect(pauseAt({ [ALL_SCHEDULES]: OVER }, "beat", NOON)).toBeUndefined();
  expect(pauseAt({ [pauseField("beat")]: OVER, [ALL_SCHEDULES]: UNTIL_ONE }, "beat", NOON)).toBe(UNTIL_ONE);
});

test("a schedule that is named as the field of all has one of its own", () => {
  expect(pauseAt({ [pauseField("all")]: UNTIL_ONE }, "beat", NOON)).toBeUndefined();
});

test("fields of the row that are no pauses are left out: a row that cannot be read pauses nothing", () => {
  const fields = {
    id: PAUSES_ID,
    all: "{",
    "schedule:a": "null",
    "schedule:b": '{"until":"soon"}',
    "schedule:c": undefined,
  };
  expect(readPauses(fields)).toEqual({});
  expect(readPauses({ ...fields, "schedule:beat": JSON.stringify(UNTIL_ONE) })).toEqual({ "schedule:beat": UNTIL_ONE });
});
