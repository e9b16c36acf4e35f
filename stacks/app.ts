import { App, type AppConfig } from "cdktf";
import { parseEnvironments } from "../config/parse";
import type { Environments } from "../config/schema";
import { stackId } from "../constructs/naming";
import type { Settings } from "../schedule/clock";
import { strategyOf } from "../strategies";
import type { ClockRole } from "../strategies/clock";
import { CLOCKS } from "../strategies/clocks";
import { CiAccessStack } from "./ci-access-stack";
import { ClockStack } from "./clock-stack";
import { warnOfConcurrency } from "./concurrency";
import { addMonitoring, type WatchedClock } from "./monitoring";
import { StateBackendStack } from "./state-backend-stack";

export interface BuildAppOptions {
  /** Options of the cdktf app, such as its output directory. @default cdktf's */
  readonly app?: AppConfig;
  /** Whether the state buckets are yet to be created. @default false */
  readonly bootstrap?: boolean;
  /** Whether only environments on the embedded AWS get stacks. @default false */
  readonly embeddedOnly?: boolean;
}

/**
 * The app: for each environment one stack, with the clock of its strategy and, during a handover, that of the one it
 * takes over from; one stack for the bucket of its state; and one for CI's access if it has `ci`.
 *
 * @throws ConfigError with all problems of the configuration.
 */
export function buildApp(
  environments: Environments,
  { app: config, bootstrap, embeddedOnly = false }: BuildAppOptions = {},
): App {
  const parsed = parseEnvironments(environments);
  const app = new App({ skipValidation: false, ...config });
  for (const environment of Object.values(parsed)) {
    const { environment: name, strategy, retiring, ci, endpoint } = environment;
    if (embeddedOnly && !endpoint) continue;
    const stack = new ClockStack(app, stackId(name), environment);
    addMonitoring(stack, [
      addClock(stack, strategy, "serving"),
      ...(retiring ? [addClock(stack, retiring, "retiring")] : []),
    ]);
    warnOfConcurrency(stack);
    new StateBackendStack(app, stackId(`state-${name}`), { ...environment, bootstrap });
    if (ci) new CiAccessStack(app, stackId(`ci-${name}`), { ...environment, ci });
  }
  return app;
}

function addClock(stack: ClockStack, settings: Settings, role: ClockRole): WatchedClock {
  const clock = CLOCKS[settings.kind];
  if (!clock) throw new TypeError(`strategies/clocks.ts has no clock of the kind ${JSON.stringify(settings.kind)}`);
  return { ...strategyOf(settings).functions(settings), ...clock.addClock(stack, settings, role) };
}
