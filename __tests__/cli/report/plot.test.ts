import { box, dots, line, placeOn, plot, timeAxis, valueAxis } from "../../../cli/report/plot";
import { START } from "./events";

test("an axis of values has 0 on it, and ends at whole steps beyond its values", () => {
  expect(valueAxis("ms", [12, 1_730])).toEqual({
    label: "ms",
    from: 0,
    to: 2_000,
    texts: [0, 500, 1_000, 1_500, 2_000].map((value) => [value, value.toLocaleString("en")]),
  });
  expect(valueAxis("ms", [-3, 0.4])).toMatchObject({ from: -3, to: 1 });
  expect(valueAxis("ms", [])).toMatchObject({ from: 0, to: 1 });
});

test("an axis of time has few texts, at even instants, whether it spans seconds or months", () => {
  expect(timeAxis(START, START + 50_000)).toEqual({
    label: "UTC",
    from: 0,
    to: 50_000,
    texts: [
      [5_000, "18:25:15"],
      [20_000, "18:25:30"],
      [35_000, "18:25:45"],
      [50_000, "18:26:00"],
    ],
  });
  const day = 86_400_000;
  for (const days of [0.1, 1, 2, 30, 400]) {
    const { texts } = timeAxis(START, START + days * day);
    expect(texts.length).toBeGreaterThanOrEqual(1);
    expect(texts.length).toBeLessThanOrEqual(5);
  }
  expect(timeAxis(START, START + 30 * day).texts[0]).toEqual([expect.any(Number), "11-23 00:00"]);
});

test("a line has a gap for a tick that did not come, and a lone value shows as a dot", () => {
  expect(
    line([
      [0, 5],
      [1, 6],
      [2, null],
      [3, -7],
    ]),
  ).toBe("M0 -5h0L1 -6M3 7h0");
  expect(
    dots([
      [0, 5],
      [1, null],
      [2, 0],
    ]),
  ).toBe("M0 -5h0M2 0h0");
});

test("shapes are drawn in the values of the axes, with the greater ones above", () => {
  const x = { label: "second", from: -1, to: 60, texts: [[0, "0"]] } as const;
  expect(plot(x, valueAxis("ms", [80]), []).text).toContain('viewBox="-1 -80 61 80"');
  expect(box(0, 2, 10, 30)).toBe("M0 -10V-30H2V-10Z");
  expect(placeOn(x, 29.5)).toBe(50);
});
