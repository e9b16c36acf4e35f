import { setTimeout as sleep } from "node:timers/promises";
import { SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import type { LocalFields } from "../../../cli/start/session";
import { emulatorCredentials } from "../../../emulator/access-key";
import { MINUTE_MS, SECOND_MS } from "../../../schedule/duration";
import { NAMESPACE } from "../../../schedule/metrics";
import { readEmbedded } from "../../embedded-metrics";
import { EmulatorSession } from "../support/emulator-session";
import { elements, QueryApi } from "../support/query-protocol";
import { untilTicks } from "../support/started-ticks";

const SCHEDULE = "watched";
const WATCHED: LocalFields = {
  strategy: { kind: "sfn-loop", machineType: "EXPRESS" },
  schedules: [{ name: SCHEDULE, interval: "5s" }],
  monitoring: { metrics: "schedules", alarmEmail: "oncall@example.com" },
};
const ALARM = `metronome-local-${SCHEDULE}`;

describe("an environment that is watched, on the emulator", () => {
  const emulator = new EmulatorSession();
  let cloudwatch: QueryApi;
  let sqs: QueryApi;
  beforeAll(async () => {
    await emulator.open();
    cloudwatch = new QueryApi(emulator.session.emulator.endpoint, "monitoring", "2010-08-01");
    sqs = new QueryApi(emulator.session.emulator.endpoint, "sqs", "2012-11-05");
  }, 5 * MINUTE_MS);
  afterAll(() => emulator.close(), MINUTE_MS);

  it(
    "applies alarms, dashboard, topic and queries, and plans clean after it",
    async () => {
      await emulator.deploy(WATCHED);
      const alarms = elements(await cloudwatch.call("DescribeAlarms"), "AlarmName");
      expect(alarms.filter((name) => name.startsWith(ALARM)).sort()).toEqual(
        ["early", "late", "missed", "silent"].map((kind) => `${ALARM}-${kind}`),
      );
      expect(alarms).toHaveLength(8);
      expect(elements(await cloudwatch.call("ListDashboards"), "DashboardName")).toEqual(["metronome-local-clock"]);
      expect(await emulator.session.hasChanges(WATCHED)).toBe(false);
    },
    6 * MINUTE_MS,
  );

  it(
    "records each dispatch once in lines of the embedded metric format",
    async () => {
      const ticks = await untilTicks(emulator, ({ length }) => length >= 6, 3 * MINUTE_MS);
      const iterator = await embedded("express-iterator");
      for (const { namespace, dimensions } of iterator) {
        expect([namespace, dimensions]).toEqual([NAMESPACE, { environment: "local", schedule: SCHEDULE }]);
      }
      const all = (lines: typeof iterator, name: string) => lines.flatMap(({ metrics }) => metrics[name] ?? []);
      const dispatched = all(iterator, "TicksDispatched").length;
      expect(dispatched).toBeGreaterThanOrEqual(ticks.length);
      expect(dispatched).toBeLessThanOrEqual(ticks.length + 2);
      const due = all(iterator, "TicksDue").reduce((sum, count) => sum + count, 0);
      expect(due).toBeGreaterThanOrEqual(dispatched);
      expect(Math.min(...all(iterator, "DispatchSkew"))).toBeGreaterThanOrEqual(0);
      expect(all(iterator, "PlannerLag").length).toBeGreaterThan(0);
      expect(all(iterator, "TicksMissed")).toEqual([]);
      const targets = await embedded("sample-target");
      expect(all(targets, "StartSkew").length).toBeGreaterThanOrEqual(6);
      expect(all(targets, "TicksDuplicate")).toEqual([]);
    },
    5 * MINUTE_MS,
  );

  it(
    "notifies the topic of the figures of a broken clock, and of their end",
    async () => {
      const queue = await subscribedQueue();
      await put("TicksMissed", 1);
      await put("DispatchSkew", 900);
      // A tick every 5 s is 12 a minute, of which the alarm wants all in each of five. It is raised from the deployment on.
      expect(await states()).toEqual({ early: "OK", late: "ALARM", missed: "ALARM", silent: "ALARM" });
      while (Date.now() % MINUTE_MS > 40 * SECOND_MS) await sleep(SECOND_MS);
      const minute = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
      for (let back = 2; back <= 6; back++) {
        await put("TicksDispatched", back === 4 ? 11 : 12, minute - back * MINUTE_MS);
      }
      expect((await states()).silent).toBe("ALARM");
      await put("TicksDispatched", 1, minute - 4 * MINUTE_MS);
      expect((await states()).silent).toBe("OK");
      await put("DispatchSkew", -900);
      expect(await states()).toMatchObject({ early: "ALARM", missed: "ALARM", silent: "OK" });
      const told = await notifications(queue, 5);
      expect(told).toEqual(
        expect.arrayContaining([`${ALARM}-missed ALARM`, `${ALARM}-late ALARM`, `${ALARM}-early ALARM`]),
      );
      const silence = told.filter((line) => line.startsWith(`${ALARM}-silent`));
      expect(silence).toEqual([`${ALARM}-silent OK`]);
    },
    2 * MINUTE_MS,
  );

  it(
    "leaves nothing behind when it is no longer watched",
    async () => {
      await emulator.deploy({ ...WATCHED, monitoring: { metrics: false, queries: false } });
      expect(elements(await cloudwatch.call("DescribeAlarms"), "AlarmName")).toEqual([]);
      expect(elements(await cloudwatch.call("ListDashboards"), "DashboardName")).toEqual([]);
    },
    4 * MINUTE_MS,
  );

  async function embedded(role: string) {
    return (await emulator.logLines(role)).filter((line) => line.includes('"_aws"')).map(readEmbedded);
  }

  /** The emulator evaluates alarms when a datapoint arrives. */
  async function put(name: string, value: number, at = Date.now()): Promise<void> {
    await cloudwatch.call("PutMetricData", {
      Namespace: NAMESPACE,
      "MetricData.member.1.MetricName": name,
      "MetricData.member.1.Value": String(value),
      "MetricData.member.1.Timestamp": new Date(at).toISOString(),
      "MetricData.member.1.Dimensions.member.1.Name": "environment",
      "MetricData.member.1.Dimensions.member.1.Value": "local",
      "MetricData.member.1.Dimensions.member.2.Name": "schedule",
      "MetricData.member.1.Dimensions.member.2.Value": SCHEDULE,
    });
  }

  async function states(): Promise<Record<string, string>> {
    const xml = await cloudwatch.call("DescribeAlarms", { AlarmNamePrefix: ALARM });
    const [names, values] = [elements(xml, "AlarmName"), elements(xml, "StateValue")];
    return Object.fromEntries(names.map((name, k) => [name.slice(ALARM.length + 1), values[k] ?? ""]));
  }

  async function subscribedQueue(): Promise<string> {
    const url = elements(await sqs.call("CreateQueue", { QueueName: "told" }), "QueueUrl")[0] ?? "";
    const sns = new SNSClient({
      endpoint: emulator.session.emulator.endpoint,
      region: "us-east-1",
      credentials: emulatorCredentials(emulator.session.emulator.endpoint),
    });
    await sns.send(
      new SubscribeCommand({
        TopicArn: "arn:aws:sns:us-east-1:000000000000:metronome-local-alarms",
        Protocol: "sqs",
        Endpoint: "arn:aws:sqs:us-east-1:000000000000:told",
      }),
    );
    return url;
  }

  /** The alarms that notified the topic, each with its new state, until there are so many. */
  async function notifications(queueUrl: string, atLeast: number): Promise<string[]> {
    const told: string[] = [];
    for (const end = Date.now() + 20 * SECOND_MS; told.length < atLeast && Date.now() < end; ) {
      const xml = await sqs.call("ReceiveMessage", {
        QueueUrl: queueUrl,
        MaxNumberOfMessages: "10",
        WaitTimeSeconds: "1",
      });
      for (const body of elements(xml, "Body")) {
        const { AlarmName, NewStateValue } = JSON.parse(JSON.parse(body).Message);
        told.push(`${AlarmName} ${NewStateValue}`);
      }
    }
    return told;
  }
});
