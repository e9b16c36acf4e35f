import * as fc from "fast-check";
import { judgeState, withSerial } from "../../../cli/state/state-file";
import { ARCHIVE, anyState, LINEAGE, ROLE, stateText } from "./states";

test("a state has a serial, a lineage and resources, data sources not counted", () => {
  const text = stateText(7, { resources: [ROLE, ARCHIVE] });
  expect(judgeState(text)).toEqual({ facts: { serial: 7, lineage: LINEAGE, resources: 1 } });
});

test.each([
  ["", "empty"],
  [" \n", "empty"],
  ["garbage {", "not JSON"],
  [stateText(7).slice(0, -20), "not JSON"],
  ["null", "not an object"],
  ["[]", "not an object"],
  ["{}", "format version missing, not 4"],
  [stateText(7).replace('"version": 4', '"version": 3'), "format version 3, not 4"],
  [stateText(-1), "without a serial"],
  [stateText(7).replace('"serial"', '"cereal"'), "without a serial"],
  [stateText(7, { lineage: "" }), "without a lineage"],
  [stateText(7).replace('"resources": []', '"resources": {}'), "without its resources"],
])("%j is damaged: %s", (text, damage) => {
  expect(judgeState(text)).toEqual({ damage });
});

test("another serial changes the serial alone, even if other things have its name", () => {
  fc.assert(
    fc.property(anyState, fc.nat(), (text, serial) => {
      const changed = withSerial(text, serial);
      expect(JSON.parse(changed)).toEqual({ ...JSON.parse(text), serial });
      expect(withSerial(changed, JSON.parse(text).serial)).toBe(text);
    }),
  );
});

test("an integer that JavaScript would round stays as it is", () => {
  const text = stateText(7).replace('"outputs": {}', '"outputs": {"big": {"value": 12345678901234567890}}');
  expect(withSerial(text, 8)).toBe(text.replace('"serial": 7', '"serial": 8'));
});

test("of two serials, the last is changed, which is the one that counts", () => {
  const text = stateText(7).replace('"outputs"', '"serial": 9, "outputs"');
  expect(judgeState(withSerial(text, 10))).toMatchObject({ facts: { serial: 10 } });
});

test("what is not a state, or writes its serial strangely, gets none", () => {
  expect(() => withSerial("{}", 1)).toThrow("this text is not a state: format version missing, not 4");
  expect(() => withSerial(stateText(7).replace('"serial": 7', '"serial": 7e0'), 8)).toThrow("restore it by hand");
});
