import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ErrorContext, explainError } from "../../../cli/terraform/explain-error";

const CONTEXT: ErrorContext = {
  environment: "prod",
  stack: "metronome-prod",
  account: "222222222222",
  bucket: "metronome-state-222222222222",
  embedded: false,
};

/** What Terraform 1.11.4 wrote, recorded on the emulator. */
function recorded(name: string): string[] {
  return readFileSync(join(__dirname, "outputs", `${name}.txt`), "utf8").split("\n");
}

describe("what Terraform failed with becomes one message with a remedy", () => {
  test.each([
    ["no-bucket", 'The bucket of the state, "metronome-state-222222222222", does not exist.', "metronome-state-prod"],
    ["wrong-account", 'for the AWS account 000000000000, and "prod" is for 222222222222', "AWS_PROFILE"],
    ["wrong-account-backend", 'for the AWS account 000000000000, and "prod" is for 222222222222', "AWS_PROFILE"],
    ["no-credentials", 'There are no AWS credentials for "prod".', "Set AWS_PROFILE"],
    ["expired", "The AWS credentials have expired.", "aws sso login"],
    ["no-registry", "Terraform could not get its providers", "provider_installation"],
    ["no-connection", "AWS cannot be reached", "Check the network"],
    ["other-checksums", "The providers are not those of the lock file", "npx metronome lock prod"],
    ["readonly-absent", "The providers are not those of the lock file", "npx metronome lock prod"],
    ["stale", 'The state of "prod" moved on since this plan.', "plan again"],
  ])("%s", (name, cause, remedy) => {
    const message = explainError(recorded(name), CONTEXT);
    expect(message).toContain(cause);
    expect(message).toContain(remedy);
    expect(message).not.toContain("\n");
    expect(message.length).toBeLessThan(900);
  });

  test("a locked state: by whom, since when, its id, and how to release it", () => {
    const message = explainError(recorded("locked"), CONTEXT);
    expect(message).toContain('The state of "prod" is locked by anna@build-7 since 2026-11-22 22:58:03 UTC (apply).');
    expect(message).toContain("Lock id: 0d4a3a49-7f0c-0b1e-5d6f-2d0f4f9e6a10");
    expect(message).toContain("If that run is still going, wait");
    expect(message).toContain("\n  npx metronome state unlock prod 0d4a3a49-7f0c-0b1e-5d6f-2d0f4f9e6a10\n");
  });

  test("a lock that says nothing of its holder is still told as one", () => {
    const message = explainError(["Error: Error acquiring the state lock", "", "Error message: EOF"], CONTEXT);
    expect(message).toContain("does not say by whom");
    expect(message).not.toContain("unlock");
  });

  test("the embedded AWS that does not answer is told apart from AWS", () => {
    const message = explainError(recorded("no-connection"), { ...CONTEXT, embedded: true });
    expect(message).toContain("The embedded AWS");
    expect(message).not.toContain("AWS cannot be reached");
  });

  test("an action that the role may not take is named", () => {
    const refused = [
      "Error: creating Lambda Function (metronome-prod-iterator): operation error Lambda: CreateFunction, https",
      "response error StatusCode: 403, RequestID: 1, api error AccessDeniedException: User:",
      "arn:aws:sts::222222222222:assumed-role/plan/anna is not authorized to perform: lambda:CreateFunction on",
      "resource: arn:aws:lambda:eu-central-1:222222222222:function:metronome-prod-iterator",
    ];
    expect(explainError(refused, CONTEXT)).toContain(
      "is not authorized to perform: lambda:CreateFunction on resource: arn:aws:lambda:eu-central-1:222222222222:function:metronome-prod-iterator",
    );
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
    const message = explainError(lines, CONTEXT);
    expect(message).toContain('Terraform failed for "prod":\nError: Unsupported argument');
    expect(message).toContain('An argument named "memory" is not expected here.');
    expect(message).not.toContain("s3cret");
    expect(message).not.toContain("Reading");
  });
});
