import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { type TerraformSettings, useAws, useRemoteState } from "../../constructs/terraform-settings";
import { KEY } from "../config/examples";
import { synthesizeStack, type Template } from "../template";

const SETTINGS: TerraformSettings = {
  environment: "dev",
  account: "111111111111",
  region: "eu-central-1",
  backend: { bucket: "metronome-state-111111111111", region: "eu-central-1" },
  awsProviderVersion: "6.66.0",
};
const ENDPOINT = "http://127.0.0.1:4566";

const synthesizeWith = (settings: Partial<TerraformSettings> = {}, id = "metronome-dev"): Template =>
  synthesizeStack((stack) => {
    useAws(stack, { ...SETTINGS, ...settings });
    useRemoteState(stack, { ...SETTINGS, ...settings });
  }, id);

const providerOf = (template: Template) => template.json.provider?.aws?.[0];
const backendOf = (template: Template) => (template.json.terraform.backend as { s3: object }).s3;

test("the provider is for one account and region only, and tags all it makes", () => {
  const template = synthesizeWith({ tags: { CostCenter: "4711" } });
  expect(template.text).toHaveProviderWithProperties(AwsProvider, { region: "eu-central-1" });
  expect(providerOf(template)).toEqual({
    region: "eu-central-1",
    allowed_account_ids: ["111111111111"],
    default_tags: [{ tags: { CostCenter: "4711", Environment: "dev", Project: "metronome" } }],
  });
});

test("the state is in the environment's bucket, encrypted, locked by a file, under the stack's own key", () => {
  expect(backendOf(synthesizeWith())).toEqual({
    bucket: "metronome-state-111111111111",
    key: "metronome-dev/terraform.tfstate",
    region: "eu-central-1",
    encrypt: true,
    use_lockfile: true,
    allowed_account_ids: ["111111111111"],
  });
  expect(backendOf(synthesizeWith({}, "metronome-prod"))).toHaveProperty("key", "metronome-prod/terraform.tfstate");
});

test("the bucket may be in another region, and its key one's own", () => {
  const backend = { bucket: "elsewhere", region: "us-east-1", kmsKeyId: KEY };
  expect(backendOf(synthesizeWith({ backend }))).toEqual(
    expect.objectContaining({ bucket: "elsewhere", region: "us-east-1", kms_key_id: KEY, encrypt: true }),
  );
});

test("Terraform must know the lockfile, which arrived in 1.10", () => {
  expect(synthesizeWith().json.terraform.required_version).toBe(">= 1.10.0");
});

test("the provider's version is what the environment says, and not that of the bindings", () => {
  const versionOf = (template: Template) =>
    (template.json.terraform.required_providers as { aws: { source: string; version: string } }).aws;
  expect(versionOf(synthesizeWith())).toEqual({ source: "aws", version: "6.66.0" });
  expect(versionOf(synthesizeWith({ awsProviderVersion: "~> 6.66" }))).toEqual({ source: "aws", version: "~> 6.66" });
});

describe("an embedded AWS", () => {
  const template = synthesizeWith({ endpoint: ENDPOINT });

  test("has no credentials in the synthesized files, which others can read", () => {
    expect(JSON.stringify([providerOf(template), backendOf(template)])).not.toMatch(/access_key|secret_key|token/);
  });

  test("answers for every service", () => {
    const { endpoints, ...provider } = providerOf(template) as { endpoints: Record<string, string>[] };
    expect(provider).toEqual(
      expect.objectContaining({
        s3_use_path_style: true,
        skip_metadata_api_check: "true",
        allowed_account_ids: ["111111111111"],
      }),
    );
    expect(endpoints).toHaveLength(1);
    expect(new Set(Object.values(endpoints[0] as object))).toEqual(new Set([ENDPOINT]));
    expect(Object.keys(endpoints[0] as object)).toEqual(
      expect.arrayContaining(["dynamodb", "events", "iam", "lambda", "logs", "s3", "sfn", "sns", "sqs", "sts"]),
    );
  });

  test("holds the state too, in the same kind of backend", () => {
    expect(backendOf(template)).toEqual(
      expect.objectContaining({
        key: "metronome-dev/terraform.tfstate",
        encrypt: true,
        use_lockfile: true,
        use_path_style: true,
        skip_metadata_api_check: true,
        endpoints: { s3: ENDPOINT, sts: ENDPOINT, iam: ENDPOINT },
      }),
    );
  });

  test("leaves nothing of itself where there is none", () => {
    const { text } = synthesizeWith();
    for (const word of ["endpoint", "access_key", "secret_key", "skip_", "path_style", "127.0.0.1"]) {
      expect(text).not.toContain(word);
    }
  });
});
