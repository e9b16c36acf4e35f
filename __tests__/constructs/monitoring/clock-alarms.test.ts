import { scheduleAlarms } from "../../../constructs/monitoring/clock-alarms";
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
