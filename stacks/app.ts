import { App, type AppConfig } from "cdktf";
import { strategySettings } from "../config/describe-clock";
import type { Environments } from "../config/types";
import { validate } from "../config/validate";
import { stackId } from "../constructs/naming";
import type { Settings } from "../schedule/clock";
import { CLOCKS } from "../strategies/clocks";
import { CiAccessStack } from "./ci-access-stack";
import { type ClockResources, type ClockRole, ClockStack } from "./clock-stack";
import { addMonitoring } from "./monitoring";
import { StateBackendStack } from "./state-backend-stack";

export interface BuildAppOptions {
  /** Options of the cdktf app, such as its output directory. @default cdktf's */
  readonly app?: AppConfig;
  /** Whether the state buckets are yet to be created. @default false */
  readonly bootstrap?: boolean;
}

/**
 * The app: for each environment one stack, with the clock of its strategy and, during a handover, that of the one it
 * takes over from; one stack for the bucket of its state; and one for CI's access where it has `ci`.
 *
 * @throws ConfigError with all problems of the configuration.
 */
export function buildApp(environments: Environments, { app: config, bootstrap }: BuildAppOptions = {}): App {
  validate(environments);
  const app = new App({ skipValidation: false, ...config });
  for (const [name, environment] of Object.entries(environments)) {
    const props = { ...environment, environment: name };
    const stack = new ClockStack(app, stackId(name), props);
    addMonitoring(stack, [
      addClock(stack, strategySettings(environment.strategy), "serving"),
      ...(environment.retiring ? [addClock(stack, strategySettings(environment.retiring), "retiring")] : []),
    ]);
    new StateBackendStack(app, stackId(`state-${name}`), { ...props, bootstrap });
    const { ci } = environment;
    if (ci) new CiAccessStack(app, stackId(`ci-${name}`), { ...props, ci });
  }
  return app;
}

function addClock(stack: ClockStack, settings: Settings, role: ClockRole): ClockResources {
  const clock = CLOCKS[settings.kind];
  if (!clock) throw new TypeError(`no clock is registered for the strategy ${JSON.stringify(settings.kind)}`);
  return clock.addClock(stack, settings, role);
}
