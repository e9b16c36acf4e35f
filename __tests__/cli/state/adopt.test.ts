import { candidates, foundIn, importBlocks, planErrors } from "../../../cli/state/adopt";

const SCOPE = { account: "111111111111", region: "eu-central-1" };
const TEMPLATE = JSON.stringify({
  resource: {
    aws_iam_role: { loop_role: { name: "metronome-dev-loop" }, nameless: {} },
    aws_lambda_function: { iterator: { function_name: "metronome-dev-iterator" } },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's interpolation.
    aws_cloudwatch_log_group: { computed: { name: "/aws/lambda/${aws_lambda_function.iterator.function_name}" } },
    aws_sfn_state_machine: { machine: { name: "metronome-dev-loop-heartbeat" } },
    aws_iam_openid_connect_provider: { github: { url: "https://token.actions.githubusercontent.com" } },
    aws_iam_policy: {
      boundary: { name: "metronome-dev-boundary" },
      targets: { name: "metronome-dev-pacer-targets-1", path: "/metronome-bounded/" },
    },
    aws_sqs_queue: { queue: { name: "metronome-dev-failures" } },
  },
});

test("candidates cannot be created if they exist, and have a known name", () => {
  expect(candidates(TEMPLATE, SCOPE)).toEqual([
    {
      address: "aws_iam_openid_connect_provider.github",
      importId: "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com",
    },
    { address: "aws_iam_policy.boundary", importId: "arn:aws:iam::111111111111:policy/metronome-dev-boundary" },
    {
      address: "aws_iam_policy.targets",
      importId: "arn:aws:iam::111111111111:policy/metronome-bounded/metronome-dev-pacer-targets-1",
    },
    { address: "aws_iam_role.loop_role", importId: "metronome-dev-loop" },
    { address: "aws_lambda_function.iterator", importId: "metronome-dev-iterator" },
    {
      address: "aws_sfn_state_machine.machine",
      importId: "arn:aws:states:eu-central-1:111111111111:stateMachine:metronome-dev-loop-heartbeat",
    },
  ]);
  expect(candidates("{}", SCOPE)).toEqual([]);
});

test("import blocks name address and id", () => {
  expect(JSON.parse(importBlocks([{ address: "aws_iam_role.a", importId: "b" }]))).toEqual({
    import: [{ to: "aws_iam_role.a", id: "b" }],
  });
});

test("a plan's errors about absent candidates are separated from all others", () => {
  const diagnostic = (summary: string, detail: string, severity = "error") =>
    JSON.stringify({ type: "diagnostic", diagnostic: { severity, summary, detail } });
  // As Terraform 1.11.4 words it.
  const absent =
    'While attempting to import an existing object to "aws_iam_role.a", the provider detected that no object exists with the given id. Only pre-existing objects can be imported;';
  const lines = [
    "not JSON",
    JSON.stringify({ type: "version" }),
    diagnostic("Cannot import non-existent remote object", absent),
    diagnostic("Deprecated", "x", "warning"),
    diagnostic("Error acquiring the state lock", "Lock Info: …"),
  ];
  expect(planErrors(lines)).toEqual({
    absent: ["aws_iam_role.a"],
    others: ["Error acquiring the state lock\nLock Info: …"],
  });
});

test("what is found is ours only if it has all the tags", () => {
  const change = (address: string, tags_all: Record<string, string> | undefined, actions = ["no-op"]) => ({
    address,
    change: { actions, importing: { id: address }, before: { tags_all } },
  });
  const plan = {
    resource_changes: [
      change("a", { Project: "metronome", Environment: "dev", More: "x" }),
      change("b", { Project: "metronome", Environment: "prod" }, ["update"]),
      change("c", undefined, ["delete", "create"]),
      { address: "new", change: { actions: ["create"], before: null } },
    ],
  };
  expect(foundIn(JSON.stringify(plan), { Project: "metronome", Environment: "dev" })).toEqual([
    { address: "a", importId: "a", ours: true },
    { address: "b", importId: "b", ours: false },
    { address: "c", importId: "c", ours: false },
  ]);
});
