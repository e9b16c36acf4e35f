import { type Firing, requireFaults } from "../../../cli/bench/faults";

const SINCE = Date.parse("2026-11-23T00:05:35.000Z");
const RULE = "metronome-bench-standard-loop-tick";

function firing(minute: number, fault: string | null, rule = RULE): Firing {
  const at = `2026-11-23T00:${String(minute).padStart(2, "0")}:37.000Z`;
  return { rule, plannedAt: at, firedAt: fault === "lost" ? null : at, fault };
}

const ALL = [firing(5, "twice"), firing(5, "twice"), firing(6, "late"), firing(7, null), firing(8, "lost")];

test("rules that met every fault pass", () => {
  expect(() => requireFaults(ALL, "bench-standard", SINCE)).not.toThrow();
});

test.each([
  ["one is lacking", ALL.filter(({ fault }) => fault !== "lost"), "lost"],
  [
    "it hit the rules of another environment",
    ALL.map((one) => ({ ...one, rule: "metronome-bench-express-loop-tick" })),
    "twice, late, lost",
  ],
  ["it was before", [firing(4, "twice"), ...ALL.slice(2)], "twice"],
])("if %s, the run does not count as one with faults", (_, firings, unmet) => {
  expect(() => requireFaults(firings, "bench-standard", SINCE)).toThrow(
    `the rules of bench-standard have not fired ${unmet}: repeat the run`,
  );
});
