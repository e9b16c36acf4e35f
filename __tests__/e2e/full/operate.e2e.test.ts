import { listPauses, pause, resume } from "../../../cli/operate/pause";
import { fireTick } from "../../../cli/operate/tick";
import type { LocalFields } from "../../../cli/start/session";
import { MINUTE_MS, SECOND_MS } from "../../../schedule/duration";
import { isManual, iso, tickId } from "../../../schedule/tick";
import { EmulatorSession, type Fault, flaws, NO_FLAWS } from "../support/emulator-session";
import { startedTicks, untilTicks } from "../support/started-ticks";

/** A clock, the rule whose firings fail, and how long it is followed. */
interface Operated {
  readonly fields: LocalFields;
  readonly rule: string;
  readonly intervalMs: number;
  /** After the first tick: when it is paused, and when it is resumed, ms. */
  readonly paused: readonly [from: number, to: number];
  readonly forMs: number;
}

const every = (interval: "5s" | "1m") => [{ name: "beat", interval }] as const;

const AT_5_S = { intervalMs: 5 * SECOND_MS, paused: [40 * SECOND_MS, 75 * SECOND_MS], forMs: 3.5 * MINUTE_MS } as const;

const CLOCKS: readonly (readonly [name: string, clock: Operated])[] = [
  [
    "sfn-loop",
    {
      fields: { strategy: { kind: "sfn-loop" }, schedules: every("5s") },
      rule: "metronome-local-loop-beat",
      ...AT_5_S,
    },
  ],
  [
    "sqs-delay",
    { fields: { strategy: { kind: "sqs-delay" }, schedules: every("5s") }, rule: "metronome-local-planner", ...AT_5_S },
  ],
  [
    "lambda-clock",
    {
      fields: { strategy: { kind: "lambda-clock" }, schedules: every("1m") },
      rule: "metronome-local-LambdaClock-0",
      intervalMs: MINUTE_MS,
      paused: [75 * SECOND_MS, 150 * SECOND_MS],
      forMs: 4.5 * MINUTE_MS,
    },
  ],
];

/** The rule's coming firings. */
const faultsOf = (rule: string): Fault[] => [
  { rule, fault: "twice" },
  { rule, fault: "late", delaySeconds: 40, afterFirings: 1 },
  { rule, fault: "lost", afterFirings: 2 },
];

const elapsed = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.each(CLOCKS)("%s, operated by hand while its rule fires twice, late and not at all", (kind, clock) => {
  const emulator = new EmulatorSession();
  beforeAll(() => emulator.open(), 5 * MINUTE_MS);
  afterAll(() => emulator.close(), MINUTE_MS);

  /** Deployed, and reached by the commands at this emulator. */
  const deployed = async () => {
    const environment = await emulator.deploy(clock.fields);
    return { ...environment, endpoint: emulator.session.emulator.endpoint };
  };

  it(
    "is paused and resumed within seconds, and fires ticks by hand, and no other tick is lost or doubled",
    async () => {
      const environment = await deployed();
      await emulator.inject(faultsOf(clock.rule));
      const observed = emulator.observe(environment, clock.forMs);
      await untilTicks(emulator, (ticks) => ticks.length > 0, 4 * MINUTE_MS);
      const [from, to] = clock.paused;
      await elapsed(from);
      const begun = Date.now();
      const said = await pause(environment, { schedule: "beat", forMs: 10 * MINUTE_MS, note: "an exercise" });
      expect(said).toContain("local: beat is paused until ");
      expect(await listPauses(environment)).toContain("“an exercise”, by arn:aws:iam::000000000000:root");
      // A pause holds no tick that is fired by hand.
      expect(await fireTick(environment, { schedule: "beat", force: false })).toMatch(
        /^local: manual-beat-\d{13} was dispatched at /,
      );
      await elapsed(to - from);
      expect(await resume(environment, "beat")).toContain("local: beat is resumed.");
      const ended = Date.now();

      const { report, followed } = await observed;
      expect(flaws(report)).toEqual({ beat: NO_FLAWS });
      const [beat] = report.schedules;
      expect(beat?.pauses.map(({ by, note }) => [by, note])).toEqual([
        ["arn:aws:iam::000000000000:root", "an exercise"],
      ]);
      // The ticks of the pause but for those whose claim was made before it, a second and more ahead.
      const whole = Math.floor((ended - begun) / clock.intervalMs);
      expect(beat?.outcomes.paused).toBeGreaterThanOrEqual(whole - 1);
      expect(beat?.outcomes.paused).toBeLessThanOrEqual(whole + 1);
      expect(beat?.byHand.count).toBe(1);
      expect(followed.records.filter(({ id }) => isManual(id))).toEqual([]);
      const byHand = (await startedTicks(emulator)).filter(({ id }) => isManual(id));
      expect(byHand.map(({ strategy }) => strategy)).toEqual([kind]);
    },
    12 * MINUTE_MS,
  );

  it(
    "repeats a tick that was missed, once, and none that was dispatched",
    async () => {
      const environment = await deployed();
      const missed = Math.floor((Date.now() - 3 * 60 * MINUTE_MS) / MINUTE_MS) * MINUTE_MS;
      const again = (at: number, fields = {}) =>
        fireTick(environment, { schedule: "beat", at, force: false, ...fields });
      const id = `manual-${tickId("beat", missed)}`;
      expect(await again(missed, { payload: { repeated: true } })).toContain(`local: ${id} was dispatched at `);
      await expect(again(missed)).rejects.toThrow(/the ledger says that the tick of \S+ was claimed at .* add --force/);
      expect(await again(missed, { force: true })).toContain(`${id}-`);
      const ticks = await startedTicks(emulator);
      const last = ticks
        .filter(({ id: one, scheduledAt }) => !isManual(one) && scheduledAt < Date.now() - clock.intervalMs)
        .at(-1);
      await expect(again(last?.scheduledAt ?? 0)).rejects.toThrow("the ledger says that");
      await expect(again(Math.ceil(Date.now() / MINUTE_MS) * MINUTE_MS)).rejects.toThrow("is still to come");
      await expect(again(missed + 1)).rejects.toThrow(`no tick of beat was due at ${iso(missed + 1)}`);
      await expect(again(missed, { target: "arn:aws:lambda:us-east-1:000000000000:function:other" })).rejects.toThrow(
        "is no target of beat as it is deployed. Write one of arn:aws:",
      );
    },
    4 * MINUTE_MS,
  );

  it(
    "shows no changes after that, and leaves nothing behind when it is destroyed",
    async () => {
      expect(await emulator.session.hasChanges(clock.fields)).toBe(false);
      await emulator.session.destroy(clock.fields);
      expect(await emulator.leftovers()).toEqual([]);
    },
    5 * MINUTE_MS,
  );
});
