// `node cli/run.mjs FILE ARGS`: runs one of the project's TypeScript files. It installs the npm packages first if they
// are missing or are not those of package-lock.json.
import { run } from "./lib/bootstrap.mjs";

const [entry, ...args] = process.argv.slice(2);
run(entry, args, { installs: true, development: true });
