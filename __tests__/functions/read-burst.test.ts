import { readBurst } from "../../functions/pacer/read-burst";
import { MINUTE } from "../simulation/schedules";

const BURST = { from: MINUTE, to: MINUTE + 19_000, shard: 2, of: 7 };

test("a burst is read as it was sent", () => {
  expect(readBurst(JSON.stringify(BURST))).toEqual(BURST);
  expect(readBurst(JSON.stringify({ ...BURST, overdue: true }))).toEqual({ ...BURST, overdue: true });
});

test.each([
  ["", "no JSON"],
  ["null", "nothing"],
  ['"text"', "a text"],
  [JSON.stringify({ ...BURST, from: "now" }), "an instant that is none"],
  [JSON.stringify({ ...BURST, to: MINUTE - 1 }), "an end before its begin"],
  [JSON.stringify({ ...BURST, shard: 7 }), "a part that there is not"],
  [JSON.stringify({ ...BURST, of: undefined }), "no parts"],
])("%s is refused: %s", (body) => {
  expect(() => readBurst(body)).toThrow(TypeError);
});
