import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { markedBody, withoutTimed } from "../../../cli/ci/texts";
import { maskSecrets } from "../../../cli/terraform/mask-secrets";
import { type PlannedPause, type PlanSection, planSectionJson, readSummary } from "../../../cli/terraform/plan-section";
import { readPlan } from "../../../cli/terraform/read-plan";
import { renderDrift, renderPlans } from "../../../cli/terraform/render-plan";
import { PROJECT_DIR } from "../../../host/work-dir";
import type { ScheduleDescription } from "../../../schedule/clock";
import { clock, described, EXPRESS, LAMBDA_CLOCK, LOOP, SQS_DELAY } from "./clocks";
import {
  create,
  destroy,
  LAMBDA_CLOCK_RESOURCES,
  LOOP_RESOURCES,
  type PlanFields,
  planJson,
  planText,
  replace,
  SHARED_RESOURCES,
  update,
} from "./plan-json";

const GOLDEN_DIR = join(__dirname, "golden");
const FIXTURES_DIR = join(__dirname, "fixtures");

/** Compares with a file in golden/; UPDATE_GOLDEN=1 writes it, to be read before it is committed. */
function expectGolden(name: string, text: string): void {
  const path = join(GOLDEN_DIR, `${name}.md`);
  if (process.env.UPDATE_GOLDEN === "1") {
    mkdirSync(GOLDEN_DIR, { recursive: true });
    writeFileSync(path, text);
  }
  if (!existsSync(path)) throw new Error(`${path} is not there: run this test with UPDATE_GOLDEN=1 and read it`);
  expect(text).toBe(readFileSync(path, "utf8"));
}

const COMMIT = "4f1c0e9b6a7d8c5e3f2a1b0c9d8e7f6a5b4c3d2e";
const DIGEST = "c0ffee".padEnd(64, "0");
const PLANNED_AT = "2026-11-27T02:29:15.589Z";

function rendered(sections: readonly PlanSection[]): string {
  return renderPlans(sections, (environment) => join(PROJECT_DIR, "plans", environment));
}

function section(
  environment: string,
  fields: PlanFields,
  fullPlan = planText(fields.resources ?? []),
  pauses: readonly PlannedPause[] | null = [],
): PlanSection {
  return {
    environment,
    commit: COMMIT,
    digest: DIGEST,
    outcome: { kind: "planned", plannedAt: PLANNED_AT, reading: readPlan(planJson(fields)), pauses, fullPlan },
  };
}

function failed(environment: string, message: string): PlanSection {
  return { environment, commit: COMMIT, digest: null, outcome: { kind: "error", message } };
}

/** A section of a plan that Terraform itself wrote. */
function recorded(fixture: string): PlanSection {
  const read = (file: string) => readFileSync(join(FIXTURES_DIR, fixture, file), "utf8");
  const json = JSON.parse(read("plan.json"));
  return {
    ...section("dev", {}),
    outcome: {
      kind: "planned",
      plannedAt: PLANNED_AT,
      reading: readPlan(json),
      pauses: [],
      fullPlan: maskSecrets(json, read("plan.txt")),
    },
  };
}

const STATE_MACHINE = "aws_sfn_state_machine.loop-heartbeat_machine_9F8E7D6C";

const SWITCH: PlanFields = {
  resources: [
    ...LOOP_RESOURCES.map(destroy),
    ...LAMBDA_CLOCK_RESOURCES.map(create),
    update(SHARED_RESOURCES[2] as string),
  ],
  clock: [clock(), clock({ strategy: LAMBDA_CLOCK })],
};
const FASTER: PlanFields = {
  resources: [update(STATE_MACHINE)],
  clock: [
    clock({ schedules: [described({ interval: "10s" })] }),
    clock({ schedules: [described({ interval: "5s" })] }),
  ],
};
const DRIFT: PlanFields["drift"] = [
  {
    address: "aws_lambda_function.iterator_function_5C1E2D3F",
    actions: ["update"],
    before: { memory_size: 256, timeout: 15, environment: [{ variables: { TOKEN: "cleartext-in-state" } }] },
    after: { memory_size: 512, timeout: 15, environment: [{ variables: { TOKEN: "cleartext-by-hand" } }] },
  },
  { address: "aws_cloudwatch_event_rule.loop-heartbeat_minute-rule_4B0F6C11", actions: ["delete"] },
];
const PAUSED = {
  since: "2026-11-27T02:00:00.000Z",
  until: "2026-11-27T04:00:00.000Z",
  by: "arn:aws:sts::111111111111:assumed-role/operator/alice",
};
const NO_CHANGE: PlanFields = { clock: [clock(), clock()] };

const GOLDEN: Readonly<Record<string, () => PlanSection[]>> = {
  create: () => [
    section("dev", { resources: [...SHARED_RESOURCES, ...LOOP_RESOURCES].map(create), clock: [null, clock()] }),
  ],
  change: () => [section("dev", FASTER)],
  replace: () => [
    section("prod", {
      resources: [replace(SHARED_RESOURCES[1] as string, "hash_key"), replace(STATE_MACHINE, "name")],
      clock: [clock(), clock()],
    }),
  ],
  destroy: () => [
    section("dev", {
      resources: [...SHARED_RESOURCES, ...LOOP_RESOURCES].map((address) => ({ address, actions: ["delete"] })),
      clock: [clock(), null],
    }),
  ],
  switch: () => [section("prod", SWITCH)],
  "handover-begins": () => [
    section("prod", {
      resources: LAMBDA_CLOCK_RESOURCES.map(create),
      clock: [clock(), clock({ strategy: LAMBDA_CLOCK, retiring: LOOP })],
    }),
  ],
  "handover-ends": () => [
    section("prod", {
      resources: LOOP_RESOURCES.map(destroy),
      clock: [clock({ strategy: LAMBDA_CLOCK, retiring: LOOP }), clock({ strategy: LAMBDA_CLOCK })],
    }),
  ],
  pause: () => [
    section("dev", {
      resources: [update(STATE_MACHINE)],
      clock: [clock(), clock({ schedules: [described({ paused: "migration of the target, back on Monday" })] })],
    }),
  ],
  "paused-by-hand": () => [
    section("dev", FASTER, undefined, [
      { schedule: null, ...PAUSED, note: "moving the database" },
      { schedule: "sync", ...PAUSED, note: "**@octocat** <b>see</b> [x](y) | fixes #12" },
    ]),
    section("stage", NO_CHANGE, undefined, [{ schedule: "heartbeat", ...PAUSED, note: "its target restarts" }]),
    section("prod", SWITCH, undefined, null),
    section("demo", NO_CHANGE, undefined, null),
  ],
  "no-change": () => [section("dev", NO_CHANGE), section("prod", NO_CHANGE)],
  error: () => [
    section("dev", FASTER),
    failed(
      "prod",
      "Error: Error acquiring the state lock\n\nLock Info:\n  ID:      6f1e…\n  Who:     @ci\n  Created: 2026-11-22 18:25:10 UTC\n\nWait until that run ends; ``` is no fence here.\n",
    ),
  ],
  "too-long": () => [section("dev", FASTER), section("prod", SWITCH, `  + ${"x".repeat(76)}\n`.repeat(1_000))],
  secret: () => [recorded("secret")],
  "state-only": () => [recorded("state-only")],
  "several-environments": () => [
    section("local", NO_CHANGE),
    section("dev", FASTER),
    section("stage", { ...NO_CHANGE, drift: DRIFT }),
    section("prod", SWITCH),
  ],
  "drift-apart": () => [section("dev", { ...FASTER, drift: DRIFT })],
  "no-clock": () => [section("ci-dev", { resources: [create("aws_iam_role.plan_role_0F1E2D3C")] })],
  "hostile-note": () => [
    section("dev", {
      resources: [update(STATE_MACHINE)],
      clock: [clock(), clock({ schedules: [described({ paused: "`**@octocat** <b>see</b> [x](y) | fixes #12" })] })],
    }),
  ],
};

test.each(Object.entries(GOLDEN))("%s", (name, sections) => expectGolden(name, rendered(sections())));

test("drift of an environment", () => {
  expectGolden("drift", renderDrift("dev", readPlan(planJson({ drift: DRIFT })).drift));
  expect(renderDrift("dev", [])).toContain("dev: everything is as it was deployed.");
});

test("every golden file is some test's", () => {
  expect(readdirSync(GOLDEN_DIR).sort()).toEqual([...Object.keys(GOLDEN), "drift"].map((name) => `${name}.md`).sort());
});

test("a section survives summary.json", () => {
  const directory = mkdtempSync(join(tmpdir(), "summary-"));
  for (const one of Object.values(GOLDEN).flatMap((sections) => sections())) {
    writeFileSync(join(directory, "summary.json"), planSectionJson(one));
    expect(readSummary(directory)).toEqual(one);
  }
  rmSync(directory, { recursive: true });
});

describe("what a comment never has", () => {
  const all = Object.entries(GOLDEN).map(([name, sections]) => [name, rendered(sections())] as const);

  test.each(all)("%s: a value that is a secret, or one that drifted", (_name, text) => {
    expect(text).not.toMatch(/cleartext/);
  });

  test.each(all)("%s: more than GitHub takes, with the marker that the workflow puts before it", (_name, text) => {
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_000);
    expect(markedBody("plan", text)).toContain(text.trim());
  });

  test.each(all)("%s: the digest of a single step, from which a short value could be guessed", (_name, text) => {
    expect(new Set(text.match(/\b[0-9a-f]{64}\b/g) ?? [])).toEqual(
      text.includes("--plan") ? new Set([DIGEST]) : new Set(),
    );
  });

  test.each(all)("%s: HTML of others, or a mention, outside of fences and code", (_name, text) => {
    const outside = text
      .replace(/^(`{3,})\w*\n.*?^\1$/gms, "")
      .replace(/(`+)(?!`).+?(?<!`)\1(?!`)/g, "")
      .replace(/<\/?(details|summary)>|<!-- lambda-metronome: (end of )?timed -->/g, "");
    expect(outside).not.toMatch(/<|@\w|#\d|\u202e/);
  });
});

test("the recorded secret is in Terraform's JSON and, in clear, in its text, so that its absence says something", () => {
  const read = (file: string) => readFileSync(join(FIXTURES_DIR, "secret", file), "utf8");
  expect(read("plan.json")).toContain("cleartext-token-2");
  expect(read("plan.txt")).toContain("cleartext-token-1");
});

describe("too long a comment", () => {
  const many = (n: number) => Array.from({ length: n }, (_, k) => destroy(`aws_sqs_queue.queue-${k}_0A1B2C3D`));

  test("leaves out full plans first, the longest first, and says where they are", () => {
    const text = rendered(GOLDEN["too-long"]?.() ?? []);
    expect(text).toContain("too long for a comment: read it in `plan.txt` beside this file");
    expect(text.match(/<summary>Full plan/g)).toHaveLength(1);
    expect(text).toContain(STATE_MACHINE);
  });

  test("then shortens lists, never verdicts", () => {
    const sections = Array.from({ length: 25 }, (_, k) => section(`dev-${k}`, { resources: many(200) }));
    const text = rendered(sections);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_000);
    expect(text.match(/^- \*\*Caution\. dev-\d+: 200 destroyed\*\*$/gm)).toHaveLength(25);
    expect(text).toMatch(/and 1\d\d more|and 200 more/);
  });

  test("at the least, verdicts, figures and commands are left", () => {
    const sections = Array.from({ length: 150 }, (_, k) => section(`dev-${k}`, { resources: many(20) }));
    const text = rendered(sections);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_000);
    expect(text).toContain("**Caution. dev-149: 20 destroyed**");
    expect(text).toContain("npm run deploy -- dev-149 --plan plans/dev-149");
    expect(text).not.toContain("### dev");
  });
});

test("when a plan was made is seen in the part that is marked as timed, and nowhere else", () => {
  const at = (plannedAt: string) => {
    const [one] = GOLDEN.create?.() ?? [];
    if (one?.outcome.kind !== "planned") throw new Error("create is a plan");
    return rendered([{ ...one, outcome: { ...one.outcome, plannedAt } }]);
  };
  const [early, late] = [at("2026-11-27T02:29:15.589Z"), at("2026-11-28T11:00:00.000Z")];
  expect(late).toContain("heartbeat  2026-11-28T11:00:00Z\n");
  expect(early).not.toBe(late);
  expect(withoutTimed(early)).toBe(withoutTimed(late));
});

test("many windows in many schedules: next ticks give way before verdicts do", () => {
  const active = Array.from({ length: 14 }, (_, k) => ({
    days: [1, 2, 3, 4, 5],
    fromS: 0,
    toS: 86_400,
    zone: `Etc/GMT-${k + 1}`,
  }));
  const schedules = Array.from({ length: 12 }, (_, k) =>
    described({ name: `tenant-${k}`, hours: { rates: [{ intervalMs: 60_000, active }] } }),
  );
  const sections = Array.from({ length: 12 }, (_, k) =>
    section(`dev-${k}`, { resources: [create(STATE_MACHINE)], clock: [null, clock({ schedules })] }),
  );
  const text = rendered(sections);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_000);
  expect(text.match(/^- \*\*Safe\. dev-\d+: /gm)).toHaveLength(12);
});

test("a replaced machine may stand still though its clock's description stays", () => {
  const text = rendered(GOLDEN.replace?.() ?? []);
  expect(text).toContain("the clock may pause at most 180 s");
});

test("a handover between two machine types destroys nothing when it begins", () => {
  const text = rendered([
    section("dev", {
      resources: LOOP_RESOURCES.map((address) => create(address.replace("loop-", "express-"))),
      clock: [clock(), clock({ strategy: EXPRESS, retiring: LOOP })],
    }),
  ]);
  expect(text).toContain("**Safe. dev: begins the handover sfn-loop → sfn-loop on Express; no pause; 7 created**");
});

test("a clock that its state does not describe is called unknown, not new", () => {
  const text = rendered([section("dev", { resources: [update(STATE_MACHINE)], clock: [null, clock()] })]);
  expect(text).toContain("**Caution. dev: its effect on the clock is unknown; 1 updated**");
});

test("a schedule that gets targets of its own loses the sample function, and no tick", () => {
  const text = rendered([
    section("dev", {
      resources: [destroy("aws_lambda_function.sample-target_function_1B2C3D4E"), update(STATE_MACHINE)],
      clock: [clock(), clock({ schedules: [described({ targets: { functions: 2, topics: 0, queues: 1 } })] })],
    }),
  ]);
  expect(text).toContain(
    "dev: heartbeat targets 1 function → 2 functions and 1 queue; no pause; 1 updated, 1 destroyed**",
  );
});

test.each<[string, Parameters<typeof described>[0], string]>([
  ["changes a schedule", { targets: { functions: 2, topics: 0, queues: 0 } }, "The clock does not pause."],
  ["pauses one of two schedules", { paused: "migration" }, "The other schedules do not pause."],
])("a plan that destroys a function and %s says what happens to the ticks", (_, fields, sentence) => {
  const schedules = (first: typeof fields) => [described({ name: "a", ...first }), described({ name: "b" })];
  const text = rendered([
    section("dev", {
      resources: [destroy("aws_lambda_function.sample-target_function_1B2C3D4E")],
      clock: [clock({ schedules: schedules({}) }), clock({ schedules: schedules(fields) })],
    }),
  ]);
  expect(text).toContain(`> Destroys resources of a clock: 1 function. ${sentence}\n`);
});

test("a rule or a machine that goes though its schedule stays is a pause", () => {
  const text = rendered([
    section("dev", {
      resources: [destroy(STATE_MACHINE), create("aws_sfn_state_machine.renamed_machine_0A1B2C3D")],
      clock: [clock(), clock()],
    }),
  ]);
  expect(text).toContain("**Caution. dev: the clock may pause at most 180 s; 1 created, 1 destroyed**");
});

describe("ten thousand schedules", () => {
  const schedules = Array.from({ length: 10_000 }, (_, k) => described({ name: `tenant-${k}` }));
  const faster = schedules.map((one) => ({ ...one, intervalMs: 30_000, catchUpMs: 30_000 }));
  const comment = (before: ScheduleDescription[] | null, after: ScheduleDescription[] | null) => {
    const [then, now] = [before, after].map((all) => all && clock({ strategy: SQS_DELAY, schedules: all }));
    const resources = [before ? (after ? update(PLANNER) : destroy(PLANNER)) : create(PLANNER)];
    return rendered([section("dev", { resources, clock: [then ?? null, now ?? null] })]);
  };
  const PLANNER = "aws_lambda_function.planner_0A1B2C3D";

  test.each([
    ["created", null, schedules, "starts sqs-delay: 10000 schedules;", "Schedules: 10,000 added"],
    ["changed", schedules, faster, "changes 10000 schedules: every 1m → 30s;", "Schedules: 10,000 changed"],
    ["removed", schedules, schedules.slice(0, 1), "removes 9999 schedules;", "Schedules: 9,999 removed"],
    [
      "all of that",
      schedules,
      [...faster.slice(5_000), ...faster.slice(5_000).map((one) => ({ ...one, name: `new-${one.name}` }))],
      "changes 5000 schedules: every 1m → 30s; adds 5000 schedules; removes 5000 schedules;",
      "Schedules: 5,000 changed, 5,000 added and 5,000 removed",
    ],
  ])("%s: the comment counts them, and names twenty", (_what, before, after, verdict, counts) => {
    const text = comment(before, after);
    expect(text.split("\n")[0]).toContain(verdict);
    expect(text).toContain(`- ${counts}\n`);
    expect(text.match(/^- (new-)?tenant-\d+: /gm)).toHaveLength(20);
    expect(text).toContain("Full plan</summary>");
    expect(text.match(/^(new-)?tenant-\d+ +2026-/gm) ?? []).toHaveLength(after.length > 1 ? 10 : 0);
    expect(text.length).toBeLessThan(6_000);
  });
});
