import { CommanderError } from "commander";
import { readBenchOptions } from "../../../cli/bench/bench-options";

test("by default five minutes, as long again with faults, and nothing recorded", () => {
  expect(readBenchOptions([])).toEqual({
    minutes: 5,
    faultMinutes: 5,
    out: ".metronome/bench",
    record: false,
    render: false,
  });
});

test.each([
  [["--for", "2m"], { minutes: 2, faultMinutes: 5 }],
  [["--for", "1h"], { minutes: 60, faultMinutes: 60 }],
  [["--for", "2m", "--no-faults"], { minutes: 2, faultMinutes: 0 }],
  [["--record", "--out", "there"], { record: true, out: "there" }],
])("%j", (args, expected) => {
  expect(readBenchOptions(args)).toMatchObject(expected);
});

test.each([["--for", "90s"], ["--for", "0m"], ["--for", "25h"], ["--for", "five"], ["--fro", "5m"], ["5m"]])(
  "%s %s is refused",
  (...args) => {
    const write = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    expect(() => readBenchOptions(args)).toThrow(CommanderError);
    write.mockRestore();
  },
);
