import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_DIR } from "../host/work-dir";
import { GUARDS } from "./guards";

test.each(GUARDS.map(({ file, search, why }) => ({ file, search, why })))(
  "the guard is in $file once, so that it can be broken: $why",
  ({ file, search }) => {
    expect(readFileSync(join(PROJECT_DIR, file), "utf8").split(search)).toHaveLength(2);
  },
);
