import type { StrategySettings } from "../../schedule/clock";
import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";

/** From the apply to the first firing of a rule, in s at most: rules fire once a minute. */
const FIRST_FIRING_S = MINUTE_MS / SECOND_MS;

/** What lambda-clock takes after its rule's firing, in s at most: it waits to second 0 of the next minute. */
const SECOND_ZERO_S = MINUTE_MS / SECOND_MS;

/** Which clock it is, as far as resources go: of each there is one set, and settings change it in place. */
function identityOf(settings: StrategySettings): string {
  return settings.kind === "sfn-loop" ? `${settings.kind} ${settings.machineType}` : settings.kind;
}

/** Whether two settings are of one clock: its own state machines or function, changed in place from one to the other. */
export function sameClock(a: StrategySettings, b: StrategySettings): boolean {
  return identityOf(a) === identityOf(b);
}

/** A strategy's name as people say it: `sfn-loop`, `sfn-loop on Express`, `sfn-loop (relative)`, `lambda-clock`. */
export function strategyName(settings: StrategySettings): string {
  if (settings.kind !== "sfn-loop") return settings.kind;
  const machine = settings.machineType === "EXPRESS" ? " on Express" : "";
  return `sfn-loop${machine}${isRelative(settings) ? " (relative)" : ""}`;
}

/** Whether a clock's ticks have no grid, so that another clock cannot share them with it. */
export function isRelative(settings: StrategySettings): boolean {
  return settings.kind === "sfn-loop" && settings.pacing === "relative";
}

/** From the end of an apply until a clock that it created or resumed runs, in s at most. */
export function startBoundS(settings: StrategySettings): number {
  return settings.kind === "lambda-clock" ? FIRST_FIRING_S + SECOND_ZERO_S : FIRST_FIRING_S;
}

/** How the configuration names a clock: what tells it apart from the others, without its settings. */
export function strategyLiteral(settings: StrategySettings): string {
  return settings.kind === "sfn-loop" && settings.machineType === "EXPRESS"
    ? '{ kind: "sfn-loop", machineType: "EXPRESS" }'
    : `{ kind: "${settings.kind}" }`;
}

/** What differs between two settings of one clock, such as `horizon 3 → 4`. */
export function settingDifferences(before: StrategySettings, after: StrategySettings): string[] {
  const differences: string[] = [];
  const compare = (what: string, from: unknown, to: unknown) => {
    if (from !== to) differences.push(`${what} ${from} → ${to}`);
  };
  const onOff = (value: boolean) => (value ? "on" : "off");
  if (before.kind === "sfn-loop" && after.kind === "sfn-loop") {
    compare("pacing", before.pacing, after.pacing);
    compare("duplicate check", onOff(before.duplicateCheck), onOff(after.duplicateCheck));
    compare("Iterator memory", `${before.iteratorMemory} MB`, `${after.iteratorMemory} MB`);
  }
  if (before.kind === "lambda-clock" && after.kind === "lambda-clock") {
    compare("clock memory", `${before.clockMemory} MB`, `${after.clockMemory} MB`);
  }
  compare("horizon", minutes(before.horizon), minutes(after.horizon));
  return differences;
}

/** A number of minutes in words. */
export function minutes(n: number): string {
  return `${n} ${n === 1 ? "minute" : "minutes"}`;
}
