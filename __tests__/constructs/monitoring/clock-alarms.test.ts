import type { ScheduleConfig } from "../../../config/schema";
import { type AlarmSpec, scheduleAlarms, totalAlarms } from "../../../constructs/monitoring/clock-alarms";
import type { Schedule } from "../../../schedule/schedule";
import { environment, FUNCTION, FUNCTION_ALIAS, parsed, schedule, TOPIC } from "../../config/examples";

const alarmsWith = (targets?: readonly string[]) =>
  parsed(environment({ schedules: [schedule({ targets })] })).schedules.flatMap((one) =>
    scheduleAlarms("dev", one, 500),
  );
const undelivered = (targets?: readonly string[]) => alarmsWith(targets).find(({ kind }) => kind === "undelivered");

describe("the alarm on failed deliveries", () => {
  test.each([[[FUNCTION, TOPIC]], [[FUNCTION, FUNCTION_ALIAS]], [[TOPIC, FUNCTION, FUNCTION_ALIAS]]])(
    "is raised by one delivery that failed within the last five minutes: %j",
    (targets) => {
      expect(undelivered(targets)).toMatchObject({
        metrics: [
          {
            namespace: "Metronome",
            name: "DispatchesFailed",
            dimensions: { environment: "dev", schedule: "heartbeat" },
          },
        ],
        ...{ statistic: "Sum", comparison: "GreaterThanThreshold", threshold: 0 },
        ...{ window: { periodS: 60, periods: 5 }, periodsBeyond: 1 },
      });
    },
  );

  test.each([[undefined], [[FUNCTION]], [[TOPIC]]])(
    "is not there with one target, where `missed` says it: %j",
    (targets) => {
      expect(alarmsWith(targets).map(({ kind }) => kind)).toEqual(["missed", "silent", "late", "early"]);
    },
  );
});

describe("the alarm on silence", () => {
  const office = { active: [{ days: "mon-fri", from: "09:00", to: "17:30" }] };
  const silent = (alarms: readonly AlarmSpec[]) => alarms.find(({ kind }) => kind === "silent");
  const total = (...schedules: ScheduleConfig[]) =>
    silent(totalAlarms("dev", parsed(environment({ schedules })).schedules));
  const FIRINGS = {
    ...{ statistic: "SampleCount", comparison: "LessThanThreshold", threshold: 1, missingIsZero: true },
    window: { periodS: 300, periods: 1 },
  };

  test("counts firings if a schedule has hours, which may have no tick for long", () => {
    const [timed] = parsed(environment({ schedules: [schedule(office)] })).schedules;
    expect(silent(scheduleAlarms("dev", timed as Schedule, 500))).toMatchObject(FIRINGS);
    expect(silent(alarmsWith())).toMatchObject({ statistic: "Sum" });
  });

  test("counts the ticks of schedules without hours, if there are any beside them", () => {
    const [timed, always] = [schedule(office), schedule({ name: "always", interval: "10s" })];
    expect(total(timed)).toMatchObject(FIRINGS);
    expect(total(timed, always)).toEqual(total(always));
    expect(total(timed, { ...always, enabled: false, note: "later" })).toMatchObject(FIRINGS);
  });
});
