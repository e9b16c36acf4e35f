import type { LocalFields } from "../../../cli/start/session";
import type { Environment } from "../../../config/environment";
import { type Duration, durationToMs, MINUTE_MS, SECOND_MS } from "../../../schedule/duration";
import { minuteOf, startOfMinute } from "../../../schedule/minute";
import { tickId } from "../../../schedule/tick";
import { EmulatorSession, type Fault, flaws, NO_FLAWS } from "../support/emulator-session";
import { type StartedTick, startedTicks } from "../support/started-ticks";

/** How many minutes a window is open, and then closed. So the followed span sees one open and one close, whenever it begins. */
const OPEN_MINUTES = 2;
const FOLLOWED_MS = 4.2 * MINUTE_MS;

/** How many windows: enough for 20 minutes from the beginning of the deploys on. */
const WINDOWS = 5;

/** A clock of this test: how its schedules tick while a window is open, and the other while it is closed. */
interface HourlyClock {
  readonly strategy: NonNullable<LocalFields["strategy"]>;
  readonly open: Duration;
  readonly otherwise: Duration;
  /** A fault of each kind for rules that fire in the next minutes. */
  readonly faults: () => readonly Fault[];
}

/** A rule that fires each minute fires twice, then 59 s late, then not at all. */
const threeFaults = (rule: string): Fault[] => [
  { rule, fault: "twice" },
  { rule, fault: "late", delaySeconds: 59, afterFirings: 1 },
  { rule, fault: "lost", afterFirings: 2 },
];

const CLOCKS: readonly HourlyClock[] = [
  {
    strategy: { kind: "sfn-loop" },
    open: "5s",
    otherwise: "20s",
    faults: () => ["rates", "window"].flatMap((name) => threeFaults(`metronome-local-loop-${name}`)),
  },
  {
    strategy: { kind: "sqs-delay" },
    open: "5s",
    otherwise: "20s",
    faults: () => threeFaults("metronome-local-planner"),
  },
  {
    strategy: { kind: "lambda-clock" },
    open: "1m",
    otherwise: "2m",
    // Each of its five rules fires every five minutes.
    faults: () => {
      const rule = (ahead: number) => `metronome-local-LambdaClock_${(minuteOf(Date.now()) + ahead) % 5}`;
      return [
        { rule: rule(1), fault: "twice" },
        { rule: rule(2), fault: "late", delaySeconds: 59 },
        { rule: rule(3), fault: "lost" },
      ];
    },
  },
];

/** What is seen of a clock, after its span. */
interface Played {
  readonly flaws: ReturnType<typeof flaws>;
  /** The followed span of each schedule; ms since the epoch. */
  readonly spans: ReadonlyMap<string, { readonly from: number; readonly to: number }>;
  /** All that its target has started on since it was deployed. */
  readonly started: readonly StartedTick[];
  readonly faults: readonly (string | null)[];
}

/** All strategies are followed at the same time, each on an emulator of its own. */
describe("windows that open and close, and rates that change, while the rules fire twice, 59 s late, and once not at all", () => {
  const emulators = CLOCKS.map(() => new EmulatorSession());
  /** The first minute of each window. */
  let opens: readonly number[] = [];
  let played: readonly Promise<Played>[] = [];

  beforeAll(async () => {
    const first = minuteOf(Date.now()) + 1;
    opens = Array.from({ length: WINDOWS }, (_, k) => first + 2 * OPEN_MINUTES * k);
    const deployed: Promise<Environment>[] = [];
    for (const [k, clock] of CLOCKS.entries()) {
      const one = deploy(clock, emulators[k] as EmulatorSession);
      deployed.push(one);
      // One after the other: at the same time they take no less in all, and disturb each other. A failure is its own test's.
      await Promise.allSettled([one]);
    }
    played = CLOCKS.map((clock, k) =>
      (deployed[k] as Promise<Environment>).then((environment) =>
        play(clock, emulators[k] as EmulatorSession, environment),
      ),
    );
    await Promise.allSettled(played);
  }, 15 * MINUTE_MS);

  afterAll(async () => {
    await Promise.all(emulators.map((emulator) => emulator.close()));
  }, MINUTE_MS);

  it.each(CLOCKS.map((clock, k) => [clock.strategy.kind, clock, k] as const))(
    "on %s every tick that is due comes exactly once, and none outside",
    async (_kind, { open, otherwise }, k) => {
      const seen = (await played[k]) as Played;
      expect(seen.flaws).toEqual({ rates: NO_FLAWS, window: NO_FLAWS });

      const dueAt = { rates: dueEvery(open, otherwise), window: dueEvery(open) };
      for (const [name, isDue] of Object.entries(dueAt)) {
        const { from, to } = seen.spans.get(name) ?? { from: 0, to: 0 };
        const own = seen.started.filter((tick) => tick.id.startsWith(`${name}-`));
        const within = own.filter(({ scheduledAt }) => scheduledAt >= from && scheduledAt < to);
        expect(within.map(({ id }) => id).sort()).toEqual(
          secondsBetween(from, to)
            .filter(isDue)
            .map((at) => tickId(name, at)),
        );
        expect(own.filter(({ scheduledAt }) => !isDue(scheduledAt))).toEqual([]);
        expect(new Set(own.map(({ id }) => id)).size).toBe(own.length);
      }

      // The span had an open, a close and a tick at either rate, and the rules met each fault.
      const { from, to } = seen.spans.get("rates") ?? { from: 0, to: 0 };
      const edges = secondsBetween(from + SECOND_MS, to).filter((at) => isOpen(at) !== isOpen(at - SECOND_MS));
      expect(new Set(edges.map(isOpen))).toEqual(new Set([true, false]));
      const ticks = seen.started.filter(({ scheduledAt: at, id }) => id.startsWith("rates-") && at >= from && at < to);
      expect(new Set(ticks.map(({ scheduledAt }) => isOpen(scheduledAt)))).toEqual(new Set([true, false]));
      expect(seen.faults).toEqual(expect.arrayContaining(["twice", "late", "lost"]));
    },
    MINUTE_MS,
  );

  async function deploy(clock: HourlyClock, emulator: EmulatorSession): Promise<Environment> {
    await emulator.open();
    return emulator.deploy(fieldsOf(clock));
  }

  async function play(clock: HourlyClock, emulator: EmulatorSession, environment: Environment): Promise<Played> {
    await emulator.inject(clock.faults());
    await emulator.session.fireSoon();
    const { report } = await emulator.observe(environment, FOLLOWED_MS);
    return {
      flaws: flaws(report),
      spans: new Map(
        report.schedules.map(({ schedule, span }) => [
          schedule,
          { from: Date.parse(span.from), to: Date.parse(span.to) },
        ]),
      ),
      started: await startedTicks(emulator),
      faults: (await emulator.firings()).map(({ fault }) => fault),
    };
  }

  function fieldsOf({ strategy, open, otherwise }: HourlyClock): LocalFields {
    const active = opens.map((minute) => ({ from: timeOfDay(minute), to: timeOfDay(minute + OPEN_MINUTES) }));
    return {
      strategy,
      schedules: [
        { name: "rates", interval: [{ active, interval: open }, { interval: otherwise }] },
        { name: "window", interval: open, active },
      ],
    };
  }

  function isOpen(at: number): boolean {
    return opens.some((minute) => at >= startOfMinute(minute) && at < startOfMinute(minute + OPEN_MINUTES));
  }

  /** Whether an instant is due, by the windows of this test alone. @param otherwise the interval while closed. @default none */
  function dueEvery(open: Duration, otherwise?: Duration): (at: number) => boolean {
    const [openMs, otherwiseMs] = [open, otherwise].map((one) => one && durationToMs(one));
    return (at) => {
      const every = isOpen(at) ? openMs : otherwiseMs;
      return every !== undefined && at % Number(every) === 0;
    };
  }
});

/** The time of the day of a minute in UTC, as a window is written: `14:05`. */
function timeOfDay(minute: number): string {
  return new Date(startOfMinute(minute)).toISOString().slice(11, 16);
}

/** The whole seconds in `[from, to)`, ms since the epoch. */
function secondsBetween(from: number, to: number): number[] {
  const first = Math.ceil(from / SECOND_MS);
  return Array.from({ length: Math.max(0, Math.ceil(to / SECOND_MS) - first) }, (_, k) => (first + k) * SECOND_MS);
}
