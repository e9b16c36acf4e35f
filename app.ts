import { App, type AppConfig, type TerraformStack } from "cdktf";
import type { EnvironmentConfig, Environments } from "./config/types";
import { validate } from "./config/validate";
import { stackId } from "./constructs/naming";
import { LambdaClockStack } from "./stacks/lambda-clock-stack";
import { SfnLoopStack } from "./stacks/sfn-loop-stack";
import { StateBackendStack } from "./stacks/state-backend-stack";

export interface BuildAppOptions {
  /** Options of the cdktf app, such as its output directory. @default cdktf's */
  readonly app?: AppConfig;
  /** Whether the state buckets are yet to be created. @default false */
  readonly bootstrap?: boolean;
}

/**
 * The app: for each environment one stack, its class chosen by the strategy, and one for the bucket of its state.
 *
 * @throws ConfigError with all problems of the configuration.
 */
export function buildApp(environments: Environments, { app: config, bootstrap }: BuildAppOptions = {}): App {
  validate(environments);
  const app = new App({ skipValidation: false, ...config });
  for (const [name, environment] of Object.entries(environments)) {
    clockStack(app, name, environment);
    new StateBackendStack(app, stackId(`state-${name}`), { ...environment, environment: name, bootstrap });
  }
  return app;
}

/** The one place that tells the strategies apart. */
function clockStack(app: App, name: string, environment: EnvironmentConfig): TerraformStack {
  const { strategy } = environment;
  const props = { ...environment, environment: name };
  switch (strategy.kind) {
    case "sfn-loop":
      return new SfnLoopStack(app, stackId(name), { ...props, strategy });
    case "lambda-clock":
      return new LambdaClockStack(app, stackId(name), { ...props, strategy });
    default:
      return unknownStrategy(strategy);
  }
}

function unknownStrategy(strategy: never): never {
  throw new TypeError(`unknown strategy ${JSON.stringify(strategy)}`);
}
