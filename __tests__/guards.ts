/** A place in the code that keeps a promise of the clock, and how to break it. */
export interface Guard {
  /** From the project's folder. */
  readonly file: string;
  /** The text that is the guard: once in the file. */
  readonly search: string;
  /** What breaks it. */
  readonly replace: string;
  /** What is lost without it. */
  readonly why: string;
  /** The files of the tests that hold it. */
  readonly tests: readonly string[];
  /** The names of those tests, as a regular expression. @default all of the files */
  readonly named?: string;
}

const EVERYTHING = "__tests__/simulation/everything.test.ts";
const GUARANTEES = "__tests__/simulation/guarantees.test.ts";
const LEDGER = "__tests__/functions/ledger.test.ts";
const PLAN = "__tests__/schedule/plan.test.ts";
const ITERATE = "__tests__/functions/iterate-by-clock.test.ts";
const TAKEOVER = "__tests__/functions/takeover.test.ts";
const RUN_TICK = "__tests__/functions/run-tick.test.ts";
const TARGETS = "__tests__/functions/targets.test.ts";
const PUBLISH = "__tests__/functions/publish.test.ts";
const PAUSE = "__tests__/functions/pause.test.ts";
const HANDOVER = "__tests__/functions/handover.test.ts";
const PLANNER = "__tests__/functions/planner.test.ts";
const HOURS = "__tests__/schedule/hours.test.ts";
const PACER = "__tests__/functions/pacer.test.ts";
const HAND_PAUSES = "__tests__/functions/hand-pauses.test.ts";
const BY_HAND = "__tests__/functions/by-hand.test.ts";
const DEFINITION = "__tests__/asl/definition.test.ts";

/** The guards. Each is broken by `broken-guards.ts`, and a test must fail. */
export const GUARDS: readonly Guard[] = [
  {
    file: "functions/runtime/ledger.ts",
    search: '"attribute_not_exists(id) OR claimedBy = :claimant"',
    replace: '"attribute_exists(id) OR claimedBy = :claimant"',
    why: "a claim is won by creating its row",
    tests: [LEDGER],
  },
  {
    file: "functions/runtime/ledger.ts",
    search: 'ReturnValuesOnConditionCheckFailure: "ALL_OLD"',
    replace: 'ReturnValuesOnConditionCheckFailure: "NONE"',
    why: "a refusal says whose row it is",
    tests: [LEDGER],
  },
  {
    file: "functions/runtime/ledger.ts",
    search: "if (error instanceof ConditionalCheckFailedException) return refusedBy(error.Item);",
    replace: "if (error instanceof ConditionalCheckFailedException) return { won: true };",
    why: "a row that exists is another's",
    tests: [LEDGER],
  },
  {
    file: "functions/runtime/run-tick.ts",
    search: "if (!(await ledger.claimTick(tick, call)).won) {",
    replace: "if (!(await ledger.claimTick(tick, call))) {",
    why: "a tick that another invocation has claimed is not dispatched",
    tests: [EVERYTHING],
  },
  {
    file: "functions/runtime/run-tick.ts",
    search: "await clock.waitUntil(dispatchAt(schedule, tick.scheduledAt) - runner.claimLeadMs);",
    replace: "await clock.waitUntil(0);",
    why: "a tick is claimed in its last second only, so that an invocation that ends before has claimed nothing",
    tests: [HANDOVER],
  },
  {
    file: "functions/runtime/run-tick.ts",
    search: "if (clock.now() >= tick.expiresAt) {",
    replace: "if (clock.now() < 0) {",
    why: "an expired tick is not dispatched",
    tests: [RUN_TICK],
  },
  {
    file: "functions/runtime/run-tick.ts",
    search: 'error instanceof DispatchError && error.failure === "refused"',
    replace: 'error instanceof DispatchError && error.failure !== "rejected"',
    why: "a dispatch that may have arrived is not repeated",
    tests: [EVERYTHING],
  },
  {
    file: "functions/runtime/run-tick.ts",
    search: "pause === undefined || clock.now() + pause >= tick.expiresAt",
    replace: "pause === undefined",
    why: "a dispatch is not repeated beyond the tick's expiry",
    tests: [RUN_TICK],
  },
  {
    file: "functions/runtime/targets.ts",
    search: 'return unsent ? "refused" : "unknown";',
    replace: 'return "refused";',
    why: "silence is not a refusal",
    tests: [TARGETS],
  },
  {
    file: "functions/runtime/targets.ts",
    search: 'return status >= 300 && status < 500 ? "rejected" : "unknown";',
    replace: 'return status >= 300 && status < 500 ? "rejected" : "refused";',
    why: "a service that fails may have taken the request",
    tests: [TARGETS],
  },
  {
    file: "functions/runtime/clients.ts",
    search: "throwOnRequestTimeout: true",
    replace: "throwOnRequestTimeout: false",
    why: "a request that gets no answer ends",
    tests: ["__tests__/functions/clients.test.ts"],
  },
  {
    file: "functions/runtime/run-tick.ts",
    search: "clock.now() - dueAt <= ON_TIME_WITHIN_MS;",
    replace: "clock.now() > 0;",
    why: "a message that was prepared for an instant is not sent long after it",
    tests: [RUN_TICK],
  },
  {
    file: "functions/runtime/call-id.ts",
    search: "randomUUID()}",
    replace: "0}",
    why: "two deliveries of one event are two claimants",
    tests: ["__tests__/functions/call-id.test.ts"],
  },
  {
    file: "functions/runtime/handover.ts",
    search: "const STAND_BY_LEAD_MS = 250;",
    replace: "const STAND_BY_LEAD_MS = 1_000;",
    why: "a retiring clock leaves each tick to the serving one",
    tests: [HANDOVER],
  },
  {
    file: "functions/runtime/pause.ts",
    search: "await ledger.claimTick(tick, call);",
    replace: "void [ledger, call];",
    why: "a paused run shows that it lives, and nothing is caught up after a pause",
    tests: [PAUSE, TAKEOVER],
  },
  {
    file: "schedule/plan.ts",
    search: "export const TAKEOVER_GRACE_MS = 2 * SECOND_MS;",
    replace: "export const TAKEOVER_GRACE_MS = 0 * SECOND_MS;",
    why: "a run that lives has two seconds to claim a tick",
    tests: [PLAN],
  },
  {
    file: "schedule/plan.ts",
    search: "return tick && scheduled(tick) > heldSince ? tick : undefined;",
    replace: "return tick;",
    why: "a tick that was due before a run had its minute says nothing of that run",
    tests: [TAKEOVER],
  },
  {
    file: "schedule/plan.ts",
    search: 'return schedule.overdue === "latest" ? newestDue(schedule, now) : undefined;',
    replace: "return newestDue(schedule, now);",
    why: "the policy skip catches nothing up",
    tests: [PLAN],
  },
  {
    file: "schedule/plan.ts",
    search: "return minutes.filter((minute) => startOfMinute(minute + 1) <= startedAt + longestRunMs(horizon));",
    replace: "return minutes;",
    why: "a run plans only minutes that it lives to serve",
    tests: [PLAN],
  },
  {
    file: "schedule/plan.ts",
    search: "const expired = tick.expiresAt <= now;",
    replace: "const expired = tick.expiresAt < 0;",
    why: "an expired tick is given up",
    tests: [PLAN],
  },
  {
    file: "schedule/plan.ts",
    search: "const overtaken = following !== undefined && scheduled(following) <= now;",
    replace: "const overtaken = following !== undefined && now < 0;",
    why: "of several ticks that are due the newest alone is run",
    tests: [PLAN],
  },
  {
    file: "functions/iterator/iterate.ts",
    search: "const minutes = holder && late ? wanted : ",
    replace: "const minutes = ",
    why: "a run takes over the minutes of one that has ended",
    tests: [GUARANTEES],
    named: "all executions are ended",
  },
  {
    file: "functions/iterator/iterate.ts",
    search: "toTry && (await ledger.claimTick(toTry, call)).won ? toTry : undefined",
    replace: "toTry && (await ledger.claimTick(toTry, call)) ? toTry : undefined",
    why: "a late tick is dispatched only by a run that has claimed it",
    tests: [EVERYTHING],
  },
  {
    file: "functions/iterator/iterate.ts",
    search: "holder && (since ?? now)",
    replace: "holder && since",
    why: "a run of which nothing is known is left its minutes",
    tests: [TAKEOVER],
  },
  {
    file: "functions/iterator/iterate.ts",
    search: "holder?.grid === gridText(schedule) ? holder.claimedAt : null",
    replace: "holder ? holder.claimedAt : null",
    why: "a run that serves the grid from before a change is left its minutes",
    tests: [TAKEOVER],
  },
  {
    file: "functions/iterator/iterate.ts",
    search: "clock.now() >= wakeAt(schedule, tick.scheduledAt as number)",
    replace: "(tick.scheduledAt as number) > 0",
    why: "a call that comes early waits again, and does not stand for minutes",
    tests: [ITERATE],
  },
  {
    file: "functions/lambda-clock/publish.ts",
    search: "if (clock.now() + CLAIM_AGAIN_MS >= Math.min(until, tick.expiresAt)) throw error;",
    replace: "throw error;",
    why: "LambdaClock asks a ledger that does not answer again",
    tests: [GUARANTEES],
    named: "lambda-clock .* the ledger does not answer for 50 s",
  },
  {
    file: "functions/lambda-clock/publish.ts",
    search: "Math.min(until, tick.expiresAt)",
    replace: "Number.POSITIVE_INFINITY",
    why: "LambdaClock stops asking when the tick expires or the next minute is near",
    tests: [PUBLISH],
  },
  {
    file: "functions/lambda-clock/publish.ts",
    search: "for (let k = 0; k < horizon && ticking.length > 0; k++) {",
    replace: "for (let k = 0; k < 1 && ticking.length > 0; k++) {",
    why: "a firing stands by for the minute of the next one",
    tests: [GUARANTEES],
    named: "lambda-clock .* one firing does not come",
  },
  {
    file: "functions/lambda-clock/publish.ts",
    search: "await Promise.allSettled(",
    replace: "await Promise.allSettled([] as Promise<void>[]);\n  void (",
    why: "a handler does not end before its ticks do",
    tests: [PUBLISH],
  },
  {
    file: "strategies/sfn-loop/settings.ts",
    search: '(pacing === "relative" ? 1 : 4)',
    replace: '(pacing === "relative" ? 1 : 3)',
    why: "the default horizon survives a lost firing, whatever the rule's second",
    tests: [GUARANTEES],
    named: "the last one of its minute",
  },
  {
    file: "strategies/sfn-loop/loop-definition.ts",
    search: 'ErrorEquals: ["States.ALL"],\n  IntervalSeconds',
    replace: 'ErrorEquals: ["Lambda.TooManyRequestsException"],\n  IntervalSeconds',
    why: "an Iterator that fails is called again",
    tests: [GUARANTEES],
    named: "ledger refuses",
  },
  {
    file: "strategies/sfn-loop/loop-definition.ts",
    search: '"startedAt.$": "$$.Execution.StartTime" }),',
    replace: "}),",
    why: "a run knows when it will be ended",
    tests: [DEFINITION],
  },
  {
    file: "strategies/sfn-loop/loop-definition.ts",
    search: '  JitterStrategy: "FULL",\n',
    replace: "",
    why: "Iterators that were throttled together do not come back together",
    tests: [DEFINITION],
  },
  {
    file: "functions/planner/plan-bursts.ts",
    search: "      await queue.send(ofMinute, longestLead(ticking));\n      sent.push(minute);",
    replace: "      void queue.send(ofMinute, longestLead(ticking)).catch(() => undefined);\n      sent.push(minute);",
    why: "a minute counts as planned only after its bursts were sent",
    tests: [PLANNER],
  },
  {
    file: "functions/planner/plan-bursts.ts",
    search: 'filter((_, k) => known[k] !== "planned")',
    replace: 'filter((_, k) => known[k] === "unknown")',
    why: "a minute that was begun and not noted is planned again",
    tests: [PLANNER],
  },
  {
    file: "functions/planner/plan-bursts.ts",
    search: 'if (known[0] === "unknown") await attempt(catchUp',
    replace: 'if (known[0] !== "planned") await attempt(catchUp',
    why: "only a clock that begins catches ticks up",
    tests: [PLANNER],
  },
  {
    file: "functions/planner/plan-bursts.ts",
    search: "burstsOfMinute(loads, minute, mostAtOnce, { after: begun, slots })",
    replace: "burstsOfMinute(loads, minute, mostAtOnce, { after: begun, slots: wantedSlots })",
    why: "all bursts of a minute say the same of its claims",
    tests: [PLANNER],
  },
  {
    file: "functions/planner/burst-queue.ts",
    search: "Math.ceil((from - leadMs - VISIBLE_BEFORE_MS - now) / SECOND_MS)",
    replace: "Math.ceil((from - leadMs - now) / SECOND_MS)",
    why: "a burst is visible a second before its first instant",
    tests: ["__tests__/functions/burst-queue.test.ts"],
  },
  {
    file: "functions/planner/burst-queue.ts",
    search: "return Failed.map(({ Id }) => bursts[Number(Id)] as Burst);",
    replace: "return [];",
    why: "a burst that SQS did not take is sent again",
    tests: ["__tests__/functions/burst-queue.test.ts"],
  },
  {
    file: "functions/pacer/pace.ts",
    search: "if (!(await ledger.claimTick(claim, call)).won) {",
    replace: "if (!(await ledger.claimTick(claim, call))) {",
    why: "a burst that is delivered twice has its ticks claimed",
    tests: [EVERYTHING],
    named: "sqs-delay",
  },
  {
    file: "functions/pacer/pace.ts",
    search: '    if (overtaken) return recordMissed(runner, schedule, tick, "overtaken");\n',
    replace: "",
    why: "a late burst dispatches one tick of each schedule",
    tests: [PACER],
  },
  {
    file: "functions/pacer/pace.ts",
    search: "!paused && shardOf(name, burst.of) === burst.shard",
    replace: "!paused",
    why: "a pacer runs its own part of the schedules",
    tests: [PACER],
  },
  {
    file: "schedule/bursts.ts",
    search: "return slots > 0 ? divisorFrom(pacers, slots) : pacers;",
    replace: "return pacers;",
    why: "a slot is in one part, so no two pacers claim it",
    tests: ["__tests__/schedule/bursts.test.ts"],
  },
  {
    file: "strategies/sqs-delay/clock.ts",
    search: "visibilityTimeoutS: pacerTimeoutS,",
    replace: "visibilityTimeoutS: pacerTimeoutS - 20,",
    why: "a pacer has its burst to itself for as long as it may run",
    tests: ["__tests__/strategies/sqs-delay/clock.test.ts"],
  },
  {
    file: "strategies/sqs-delay/clock.ts",
    search: "      CONSUMER: mapping.uuid,",
    replace: '      CONSUMER: "pacer",',
    why: "a new queue has all minutes planned anew",
    tests: ["__tests__/strategies/sqs-delay/clock.test.ts"],
  },
  {
    file: "schedule/judge.ts",
    search:
      'return this.about.complete ? { kind: "missed", reason: "claimant-lost" } : { kind: "duplicate-suppressed" };',
    replace: 'return { kind: "duplicate-suppressed" };',
    why: "a tick whose claimant ended is missed",
    tests: ["__tests__/schedule/outcome.test.ts"],
  },
  {
    file: "schedule/tick.ts",
    search: "return scheduledAt - leadMs;",
    replace: "return scheduledAt;",
    why: "a tick is dispatched its lead before its instant",
    tests: [RUN_TICK],
  },
  {
    file: "schedule/hours.ts",
    search: "if (fromS < toS) return second >= fromS && second < toS && opens(day);",
    replace: "if (fromS < toS) return second >= fromS && second <= toS && opens(day);",
    why: "no tick is due at the end of a window",
    tests: [HOURS],
  },
  {
    file: "schedule/hours.ts",
    search: "(second < toS && opens(day - 1))",
    replace: "(second < toS && opens(day))",
    why: "a window over midnight belongs to the day on which it opens",
    tests: [HOURS],
  },
  {
    file: "schedule/grid.ts",
    search: "return hours ? ",
    replace: "return false ? ",
    why: "a run that serves other hours says nothing of these",
    tests: [HOURS],
  },
  {
    file: "functions/runtime/run-tick.ts",
    search: "recordPaused(runner, schedule, tick, pause);",
    replace: "await dispatchTick(runner, schedule, tick, targets, { claimMs });",
    why: "a pause by hand holds a tick that was claimed",
    tests: [HAND_PAUSES],
  },
  {
    file: "schedule/pause.ts",
    search: "return later && endOf(later) > at ? later : undefined;",
    replace: "return later;",
    why: "a pause by hand ends by itself",
    tests: [HAND_PAUSES],
  },
  {
    file: "functions/runtime/hand-pauses.ts",
    search: "read().catch(unread)",
    replace: "read()",
    why: "a clock goes on while its ledger does not say what is paused",
    tests: [HAND_PAUSES],
  },
  {
    file: "functions/runtime/by-hand.ts",
    search: "if (!claim.won && !force) {",
    replace: "if (!claim.won && force) {",
    why: "a tick that was dispatched is not repeated by accident",
    tests: [BY_HAND],
  },
];
