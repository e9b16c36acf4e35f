import { interruption } from "../host/interruption";
import { wantsColour } from "./lib/colour";
import { Context } from "./lib/context";
import { runCommandLine } from "./program";

const { env, stdout } = process;
const { signal, endedBy } = interruption();
const isTTY = stdout.isTTY === true;
const terminal = { isTTY, colour: wantsColour(env, isTTY), columns: stdout.columns };
runCommandLine(process.argv.slice(2), new Context(env, terminal, signal, endedBy)).then((code) => process.exit(code));
