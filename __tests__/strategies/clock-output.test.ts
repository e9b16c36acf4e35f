import { describeClock } from "../../config/describe-clock";
import { clockOutput, clockOutputSchema } from "../../strategies/clock-output";
import { environment, FIFO_QUEUE, FUNCTION, parsed, QUEUE, schedule, TOPIC } from "../config/examples";
import { STRATEGIES } from "../stacks/strategies";

/** The output as it is in states. */
const LOOP =
  '{"environment":"dev","region":"eu-central-1","strategy":{"kind":"sfn-loop","pacing":"clock","machineType":"STANDARD","horizon":4,"duplicateCheck":false,"iteratorMemory":256},"retiring":{"kind":"lambda-clock","horizon":2,"clockMemory":128},"schedules":[{"name":"heartbeat","interval":"1m","phase":"0s","catchUpWindow":"30s","overdue":"skip","targets":{"functions":1,"topics":0,"queues":0},"paused":"migration"}],"tracing":true,"monitoring":{"metrics":"total","alarms":true,"dashboard":false}}';

const read = (text: string) => clockOutputSchema.safeParse(JSON.parse(text));

test("its JSON is that of deployed environments, field by field", () => {
  const schedules = [schedule({ catchUpWindow: "30s", enabled: false, note: "migration" })];
  const config = environment({ schedules, retiring: { kind: "lambda-clock" }, monitoring: { dashboard: false } });
  expect(clockOutput(describeClock(parsed(config)))).toBe(LOOP);
  expect(clockOutput(clockOutputSchema.parse(JSON.parse(LOOP)))).toBe(LOOP);
});

test.each(STRATEGIES)("what is written of %s is read as it was", (_name, strategy) => {
  const clock = describeClock(parsed(environment({ strategy })));
  expect(read(clockOutput(clock)).data).toEqual(clock);
});

test("times are read in ms, however they were written", () => {
  const [one] = read(LOOP.replace('"1m"', '"60s"')).data?.schedules ?? [];
  expect(one).toMatchObject({ intervalMs: 60_000, phaseMs: 0, catchUpMs: 30_000 });
  expect(read(LOOP.replace('"1m"', '"60"')).success).toBe(false);
});

test.each([
  ["an interval beyond a day", '"1m"', '"48h"'],
  ["a horizon beyond today's", '"horizon":4', '"horizon":60'],
  ["memory below today's", '"clockMemory":128', '"clockMemory":64'],
  ["a field that this version does not know", '"horizon":4', '"horizon":4,"later":1'],
])("%s is read", (_what, from, to) => {
  expect(LOOP).toContain(from);
  expect(read(LOOP.replace(from, to)).success).toBe(true);
});

test.each([
  ["a strategy that this version does not know", '"sfn-loop"', '"cron"'],
  ["a setting that is missing", '"pacing":"clock",', ""],
  ["a name that could be markup", '"heartbeat"', '"<b>"'],
])("%s is refused", (_what, from, to) => {
  expect(LOOP).toContain(from);
  expect(read(LOOP.replace(from, to)).success).toBe(false);
});

test("a state from before there was monitoring has none of it", () => {
  const { monitoring: _, ...older } = JSON.parse(LOOP);
  expect(clockOutputSchema.parse(older).monitoring).toEqual({ metrics: false, alarms: false, dashboard: false });
});

test("targets are counted by kind, and a state from before queues could be targets has none", () => {
  const targets = [QUEUE, FUNCTION, TOPIC, FIFO_QUEUE];
  const counts = (text: string) => read(text).data?.schedules.map((one) => one.targets);
  const written = clockOutput(describeClock(parsed(environment({ schedules: [schedule({ targets })] }))));
  expect(counts(written)).toEqual([{ functions: 1, topics: 1, queues: 2 }]);
  expect(counts(LOOP.replace(',"queues":0', ""))).toEqual([{ functions: 1, topics: 0, queues: 0 }]);
});

test("a state from before there was a choice has metrics of schedules", () => {
  const older = (metrics: boolean) =>
    read(LOOP.replace('"metrics":"total"', `"metrics":${metrics}`)).data?.monitoring.metrics;
  expect([older(true), older(false)]).toEqual(["schedules", false]);
});

test("a lead is in the output of a schedule that has one, and is read again", () => {
  const config = environment({
    schedules: [schedule({ interval: "10s", lead: "750ms" }), schedule({ name: "other" })],
  });
  const text = clockOutput(describeClock(parsed(config)));
  const { schedules } = JSON.parse(text);
  expect(schedules.map(({ lead }: { lead?: string }) => lead)).toEqual(["750ms", undefined]);
  expect(read(text).data?.schedules.map(({ leadMs }) => leadMs)).toEqual([750, undefined]);
});

test("hours are in the output of a schedule that has them, and are read again", () => {
  const config = environment({
    schedules: [
      schedule({
        interval: [{ active: [{ days: "mon-fri", zone: "Europe/Berlin" }], interval: "10s" }, { interval: "1m" }],
        until: "2099-01-01T00:00:00Z",
      }),
      schedule({ name: "other" }),
    ],
  });
  const described = describeClock(parsed(config));
  const text = clockOutput(described);
  expect(described.schedules[0]?.hours?.rates).toHaveLength(2);
  expect(read(text).data?.schedules.map(({ hours }) => hours)).toEqual(described.schedules.map(({ hours }) => hours));
  expect(JSON.parse(text).schedules[1]).not.toHaveProperty("hours");
  expect(read(text.replace("Europe/Berlin", "Europe/Berlin|")).success).toBe(false);
});
