import { spawnSync } from "node:child_process";
import { exportLines } from "../../../cli/start/start";

test("a shell that runs the lines has the same variables, and runs nothing in them", () => {
  const fields = { payload: 'it\'s `echo ran` $(echo ran) "$HOME" \\ Cafe\u0301' };
  const variables = { METRONOME_OVERRIDES: JSON.stringify(fields), TF_CLI_CONFIG_FILE: "/a path/with 'it'/rc" };
  const script = `${exportLines(variables).join("\n")}\nprintf '%s\\0%s' "$METRONOME_OVERRIDES" "$TF_CLI_CONFIG_FILE"`;
  const { stdout, stderr } = spawnSync("sh", ["-c", script], { encoding: "utf8" });
  expect([stderr, ...stdout.split("\0")]).toEqual(["", ...Object.values(variables)]);
});
