import { environments } from "./config/environments";
import { OVERRIDES_VARIABLE, withOverrides } from "./config/overrides";
import { ConfigError } from "./config/parse";
import { buildApp } from "./stacks/app";

try {
  buildApp(withOverrides(environments, process.env[OVERRIDES_VARIABLE]), {
    bootstrap: process.env.METRONOME_BOOTSTRAP === "1",
  }).synth();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
