import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import { clockUsage } from "../../../cli/cost/clock-usage";
import { parseTickLine, type TickEvent } from "../../../cli/report/tick-log";
import { LOCAL, type LocalFields, localEnvironment } from "../../../cli/start/session";
import { describeClock } from "../../../config/describe-clock";
import { physicalName } from "../../../constructs/naming";
import { emulatorCredentials } from "../../../emulator/access-key";
import { MINUTE_MS, SECOND_MS } from "../../../schedule/duration";
import { instantsBetween } from "../../../schedule/grid";
import { minuteOf, startOfMinute } from "../../../schedule/minute";
import { tickId } from "../../../schedule/tick";
import type { Resource } from "../../../strategies/usage";
import { EmulatorSession } from "../support/emulator-session";
import { TopicQueue } from "../support/topic-queue";

const TOPIC = "arn:aws:sns:us-east-1:000000000000:many";
const MINUTES = 5;
const SLOW = Array.from({ length: 100 }, (_, k) => `slow-${k}`);
const FAST = Array.from({ length: 20 }, (_, k) => `fast-${k}`);
const MANY: LocalFields = {
  strategy: { kind: "sqs-delay" },
  schedules: [
    ...SLOW.map((name) => ({ name, interval: "10s" as const, phase: "auto" as const, targets: [TOPIC] })),
    ...FAST.map((name) => ({ name, interval: "1s" as const, targets: [TOPIC] })),
  ],
};

/** What the model says that the minutes use. */
function expected(part: string, resource: Resource): number {
  return clockUsage(describeClock(localEnvironment(MANY)))
    .filter((usage) => usage.part === part && usage.resource === resource)
    .reduce((sum, { perMinute }) => sum + MINUTES * perMinute, 0);
}

/** It needs a machine to itself: `METRONOME_TEST_MANY=1 npx jest --selectProjects full --testPathPatterns sqs-delay-many`. */
const onRequest = process.env.METRONOME_TEST_MANY ? describe : describe.skip;

onRequest("100 schedules at 10 s and 20 at 1 s on sqs-delay", () => {
  const emulator = new EmulatorSession();
  beforeAll(() => emulator.open(), 5 * MINUTE_MS);
  afterAll(() => emulator.close(), MINUTE_MS);

  it(
    "lose and double no tick in 5 minutes, and use what the cost model says",
    async () => {
      const queue = await TopicQueue.of(emulator.session, "many");
      await emulator.deploy(MANY);
      const deployedAt = Date.now();
      const firings = async () => (await emulator.firings()).map(({ firedAt }) => Date.parse(firedAt));
      while (!(await firings()).some((at) => at >= deployedAt)) await sleep(SECOND_MS);
      // From the minute on that the first firing planned as a whole.
      const from = startOfMinute(minuteOf(Date.now()) + 1);
      const to = from + MINUTES * MINUTE_MS;
      await sleep(to + 10 * SECOND_MS - Date.now());

      const lines = await emulator.logLines("pacer");
      // Those before are of the first firing's own minute, when all pacers start at once on few cores.
      const within = ({ scheduledAt }: { readonly scheduledAt: string | null }) =>
        Date.parse(scheduledAt ?? "") >= from && Date.parse(scheduledAt ?? "") < to;
      const idsOf = (kind: TickEvent["kind"]) =>
        lines.flatMap((line) => {
          const event = parseTickLine(line);
          return event?.kind === kind && "tick" in event && within(event.tick) ? [event.tick.id] : [];
        });
      expect(idsOf("tick.missed")).toEqual([]);
      expect(idsOf("tick.suppressed")).toEqual([]);
      const due = localEnvironment(MANY).schedules.flatMap((schedule) =>
        instantsBetween(schedule, from, to).map((at) => tickId(schedule.name, at)),
      );
      due.sort();
      expect(idsOf("tick.dispatched").sort()).toEqual(due);
      const arrived = (await queue.ticks()).flatMap(({ tick }) => (within(tick) ? [tick.id] : []));
      expect(arrived.sort()).toEqual(due);

      const { endpoint } = emulator.session.emulator;
      const client = { endpoint, region: "us-east-1", credentials: emulatorCredentials(endpoint) };
      // The emulator keeps the requests of rows, but none of a row that exists.
      const rows: { id: string; at: number }[] = [];
      for await (const { Items = [] } of paginateScan(
        { client: new DynamoDBClient(client) },
        { TableName: physicalName(LOCAL, "ledger") },
      )) {
        for (const { id } of Items) {
          const [kind, , second = "0"] = /^(tick|planned)#(?:.*-)?(\d+)$/.exec(id?.S ?? "") ?? ["", ""];
          if (kind) rows.push({ id: id?.S ?? "", at: id?.S?.startsWith("tick") ? Number(second) * SECOND_MS : 0 });
        }
      }
      expect(rows.filter(({ at }) => at >= from && at < to)).toHaveLength(expected("ledger", "ledgerWrite"));

      const planned = (await emulator.logLines("planner")).flatMap((line) => {
        const event = parseTickLine(line);
        return event?.kind === "clock.planned" ? [event] : [];
      });
      const whole = planned.filter(({ minutes }) => minutes.length === 1);
      expect(whole.length).toBeGreaterThan(2);
      for (const { bursts } of whole) expect(MINUTES * bursts).toBe(expected("pacer", "lambdaRequest"));
    },
    15 * MINUTE_MS,
  );
});
