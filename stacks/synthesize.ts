import type { Environments } from "../config/schema";
import { buildApp } from "./app";

// `tsx stacks/synthesize.ts ENVIRONMENTS`: synthesizes environments (JSON) that config/environments.ts does not have.
const [json] = process.argv.slice(2);
if (json === undefined) throw new Error("stacks/synthesize.ts takes environments as JSON.");
buildApp(JSON.parse(json) as Environments).synth();
