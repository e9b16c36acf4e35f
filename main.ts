import { environments } from "./config/environments";
import { OVERRIDES_VARIABLE, withOverrides } from "./config/overrides";
import { ConfigError } from "./config/parse";
import { embeddedSettings } from "./host/embedded-settings";
import { foreignState } from "./host/foreign-state";
import { buildApp } from "./stacks/app";

const refusal = foreignState(process.env, process.env.CDKTF_OUTDIR ?? "cdktf.out");
if (refusal) {
  console.error(refusal);
  process.exit(1);
}
try {
  buildApp(withOverrides(environments, process.env[OVERRIDES_VARIABLE]), {
    bootstrap: process.env.METRONOME_BOOTSTRAP === "1",
    // cdktf would run Terraform with this shell's variables, which must not reach an environment on AWS.
    embeddedOnly: embeddedSettings(process.env).length > 0,
  }).synth();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
