import { nextTicks } from "../../../cli/next/next-ticks";
import { renderNext } from "../../../cli/next/table";
import type { Environment } from "../../../config/environment";
import { environment, parsed, schedule } from "../../config/examples";

const BERLIN = { from: "02:00", to: "03:00", zone: "Europe/Berlin" };

/** A schedule of one hour a night, and one that ticks always. */
const NIGHTLY = parsed(
  environment({
    schedules: [
      schedule({ name: "nightly", interval: "30m", active: [BERLIN] }),
      schedule({ name: "beat", interval: "1h", phase: "15m" }),
    ],
  }),
);

/** The last Sunday of October 2026, on which 2:00 to 3:00 comes twice. */
const SUMMER_ENDS = Date.parse("2026-10-25T00:00:00.000Z");

test("each tick of a schedule with a window has the time of its zone, also in an hour that comes twice", () => {
  const next = nextTicks(NIGHTLY, { from: SUMMER_ENDS, most: 6 });
  expect(renderNext(next)).toBe(
    [
      "dev: the next 6 ticks of 2 schedules, from 2026-10-25T00:00:00.000Z on, in UTC",
      "",
      "scheduledAt           local                                    schedule  rhythm                               id",
      "2026-10-25T00:00:00Z  2026-10-25T02:00:00+02:00 Europe/Berlin  nightly   every 30m 02:00-03:00 Europe/Berlin  nightly-1792886400",
      "2026-10-25T00:15:00Z                                           beat      every 1h + 15m                       beat-1792887300",
      "2026-10-25T00:30:00Z  2026-10-25T02:30:00+02:00 Europe/Berlin  nightly   every 30m 02:00-03:00 Europe/Berlin  nightly-1792888200",
      "2026-10-25T01:00:00Z  2026-10-25T02:00:00+01:00 Europe/Berlin  nightly   every 30m 02:00-03:00 Europe/Berlin  nightly-1792890000",
      "2026-10-25T01:15:00Z                                           beat      every 1h + 15m                       beat-1792890900",
      "2026-10-25T01:30:00Z  2026-10-25T02:30:00+01:00 Europe/Berlin  nightly   every 30m 02:00-03:00 Europe/Berlin  nightly-1792891800",
    ].join("\n"),
  );
});

test("a zone behind UTC, and one off by three quarters of an hour", () => {
  const active = ["America/St_Johns", "Asia/Kathmandu", "UTC"].map((zone) => ({ zone }));
  const both = parsed(environment({ schedules: [schedule({ active })] }));
  const [tick] = nextTicks(both, { from: SUMMER_ENDS, most: 1 }).ticks;
  expect(tick?.local).toEqual([
    { zone: "America/St_Johns", shows: "2026-10-24T21:30:00-02:30" },
    { zone: "Asia/Kathmandu", shows: "2026-10-25T05:45:00+05:45" },
  ]);
});

test("a schedule that is enabled, but has no tick due, is named", () => {
  const [nightly, beat] = NIGHTLY.schedules as [Environment["schedules"][number], Environment["schedules"][number]];
  const over = { ...nightly, hours: { rates: nightly.hours?.rates ?? [], until: SUMMER_ENDS } };
  const next = nextTicks({ ...NIGHTLY, schedules: [over, beat] }, { from: SUMMER_ENDS, most: 2 });
  expect(next.ticks.map((tick) => tick.schedule)).toEqual(["beat", "beat"]);
  expect(next.neverDue.map((one) => one.schedule)).toEqual(["nightly"]);
  expect(renderNext(next)).toContain(
    "dev: 1 schedule is enabled, but no tick is due in the year from 2026-10-25T00:00:00.000Z on\n  nightly: every 30m",
  );
});
