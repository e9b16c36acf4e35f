import { readFileSync } from "node:fs";
import { join } from "node:path";
import { explainError } from "../../../cli/terraform/explain-error";
import { environment, parsed } from "../../config/examples";

const FIELDS = environment({ account: "222222222222", backend: { bucket: "metronome-state-222222222222" } });
const PROD = { name: "prod", config: parsed(FIELDS) };

/** What Terraform 1.11.4 wrote, recorded on the emulator. */
function recorded(name: string): string[] {
  return readFileSync(join(__dirname, "outputs", `${name}.txt`), "utf8").split("\n");
}

describe("what Terraform failed with: its own words", () => {
  test.each([
    ["no-bucket", "does not exist.", "metronome-state-prod creates the bucket"],
    ["wrong-account", "AWS account ID not allowed: 000000000000", '"prod" is for the account 222222222222'],
    ["wrong-account-backend", "AWS account ID not allowed: 000000000000", "AWS_PROFILE"],
    ["other-checksums", "doesn't match any of the", "npx metronome lock prod"],
    ["readonly-absent", "Provider dependency changes detected", "npx metronome lock prod"],
  ])("and for %s what it does not say", (name, words, remedy) => {
    const message = explainError(recorded(name), PROD);
    expect(message).toContain('Terraform failed for "prod":\nError: ');
    expect(message).toContain(words);
    expect(message).toContain(remedy);
  });

  test.each([
    ["no-credentials", "No valid credential sources found"],
    ["expired", "ExpiredToken"],
    ["no-registry", "could not connect to registry.terraform.io"],
    ["no-connection", "connection refused"],
    ["stale", "Saved plan is stale"],
  ])("alone for %s, which it explains", (name, words) => {
    const message = explainError(recorded(name), PROD);
    expect(message).toContain(words);
    expect(message).not.toMatch(/npm|npx|config\/environments/);
  });

  test("a locked state: by whom, since when, its id, and how to release it", () => {
    const message = explainError(recorded("locked"), PROD);
    expect(message).toMatch(/Who: +anna@build-7\n.*\n *Created: +2026-11-22 22:58:03/);
    expect(message).toContain("If that run is still going, wait");
    expect(message).toContain("\n  npx metronome state unlock prod 0d4a3a49-7f0c-0b1e-5d6f-2d0f4f9e6a10\n");
  });

  test.each(["Error message: EOF", "ID: $(rm -rf ~)", "ID: 0d4a3a49; rm"])(
    "a lock with %s for its id is not released by a command to paste",
    (line) => {
      const message = explainError(["Error: Error acquiring the state lock", "", line], PROD);
      expect(message).toContain("Wait for other runs to end");
      expect(message).not.toContain("unlock");
    },
  );

  test("an embedded AWS that does not answer: how to start it", () => {
    const message = explainError(recorded("no-connection"), {
      ...PROD,
      config: { ...PROD.config, endpoint: "http://127.0.0.1:4566" },
    });
    expect(message).toContain('The embedded AWS of "prod" does not answer.');
    expect(message).toContain("npm start -- --keep");
  });

  test("an unknown error keeps Terraform's words, from the error on, without what it quotes of the configuration", () => {
    const lines = [
      "data.archive_file.iterator: Reading...",
      "╷",
      "│ Error: Unsupported argument",
      "│ ",
      "│   on cdk.tf.json line 1, in resource.aws_lambda_function.iterator:",
      '│    1: {"payload": "s3cret"}',
      "│ ",
      '│ An argument named "memory" is not expected here.',
      "╵",
    ];
    const message = explainError(lines, PROD);
    expect(message).toContain('Terraform failed for "prod":\nError: Unsupported argument');
    expect(message).toContain('An argument named "memory" is not expected here.');
    expect(message).not.toContain("s3cret");
    expect(message).not.toContain("Reading");
  });
});
