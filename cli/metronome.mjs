#!/usr/bin/env node
// `npx metronome`. Only `start` installs the npm packages; every other command says what to run.
import { run } from "./lib/bootstrap.mjs";

const args = process.argv.slice(2);
// cdktf's own program is a package for development.
const development = ["start", "bench"].includes(args[0]);
run("cli/metronome.ts", args, { installs: args[0] === "start", development });
