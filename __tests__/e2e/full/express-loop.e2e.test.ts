import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Context } from "../../../cli/lib/context";
import { LOCAL, type LocalFields } from "../../../cli/start/session";
import { verificationSchema } from "../../../cli/verify/findings";
import { verify } from "../../../cli/verify/verify";
import { OVERRIDES_VARIABLE } from "../../../config/overrides";
import { MINUTE_MS } from "../../../schedule/duration";
import { EmulatorSession, flaws, NO_FLAWS, type WithheldAnswer } from "../support/emulator-session";

const LAMBDA_CLOCK: LocalFields = {
  strategy: { kind: "lambda-clock" },
  schedules: [{ name: "minutely", interval: "1m" }],
};
const EXPRESS_LOOP: LocalFields = {
  strategy: { kind: "sfn-loop", machineType: "EXPRESS" },
  schedules: [
    { name: "seconds", interval: "1s" },
    { name: "ninety", interval: "90s" },
    { name: "tens", interval: "10s" },
  ],
};

/** One claim of a tick and one dispatch: both are carried out, and never answered. */
const WITHHELD: readonly WithheldAnswer[] = [
  { service: "dynamodb", operation: "PutItem", contains: "tick#tens-", carriedOut: true, afterRequests: 2 },
  { service: "lambda", operation: "Invoke", contains: '"tens-', carriedOut: true, afterRequests: 5 },
];

describe("an Express loop, deployed by cdktf to the emulator in place of lambda-clock", () => {
  const emulator = new EmulatorSession();
  beforeAll(async () => {
    await emulator.open();
    await emulator.deploy(LAMBDA_CLOCK);
  }, 5 * MINUTE_MS);
  afterAll(() => emulator.close(), MINUTE_MS);

  it(
    "keeps 1 s and 90 s after a change of the strategy alone, while answers to another schedule's requests are withheld",
    async () => {
      const environment = await emulator.deploy(EXPRESS_LOOP);
      await emulator.withhold(WITHHELD);
      const { report, followed } = await emulator.observe(environment, 2.5 * MINUTE_MS);
      const { tens, ...undisturbed } = flaws(report);
      expect(undisturbed).toEqual({ seconds: NO_FLAWS, ninety: NO_FLAWS });
      expect(report.schedules[0]?.due).toBe(150);

      // A claim is repeated. A dispatch is not: it is unknown whether its tick came, and nothing but this tick is affected.
      const withheld = await emulator.withheld();
      expect(withheld.map(({ operation, carriedOut }) => [operation, carriedOut])).toEqual([
        ["PutItem", true],
        ["Invoke", true],
      ]);
      expect(tens).toEqual({ ...NO_FLAWS, missed: expect.any(Number) });
      const { missed } = report.schedules.find(({ schedule }) => schedule === "tens") ?? {};
      expect(missed?.first.every(({ reason }) => reason === "dispatch-unknown")).toBe(true);
      expect(missed?.count).toBeLessThanOrEqual(1);
      const started = followed.records.filter(({ schedule, startedAt }) => schedule === "tens" && startedAt !== null);
      expect(new Set(started.map(({ id }) => id)).size).toBe(started.length);
      expect(await emulator.session.hasChanges(EXPRESS_LOOP)).toBe(false);
    },
    10 * MINUTE_MS,
  );

  it(
    "is verified: it keeps time, and every assumption that the embedded AWS can show holds",
    async () => {
      const { endpoint } = emulator.session.emulator;
      const overrides = JSON.stringify({ environment: LOCAL, fields: { ...EXPRESS_LOOP, endpoint } });
      const terminal = { isTTY: false, colour: false, columns: undefined };
      const { signal } = new AbortController();
      const context = new Context(
        { ...process.env, [OVERRIDES_VARIABLE]: overrides },
        terminal,
        signal,
        () => undefined,
      );
      const out = mkdtempSync(join(tmpdir(), "verify-"));
      expect(await verify({ environment: LOCAL, forMs: MINUTE_MS, out, maxSkewMs: 100 }, context)).toBe(0);
      const verified = verificationSchema.parse(JSON.parse(readFileSync(join(out, "verify.json"), "utf8")));
      expect(verified).toMatchObject({ keepsTime: true, embedded: true, strategy: "sfn-loop on Express" });
      const seen = verified.assumptions.filter(({ measured }) => measured !== null);
      expect(seen.map(({ measure }) => measure)).toEqual([
        "firing-second",
        "claim",
        "wake",
        "answer",
        "start",
        "clocks",
      ]);
      expect(seen.filter(({ holds }) => !holds)).toEqual([]);
    },
    6 * MINUTE_MS,
  );

  it(
    "leaves nothing behind when it is destroyed",
    async () => {
      await emulator.session.destroy(EXPRESS_LOOP);
      expect(await emulator.leftovers()).toEqual([]);
    },
    5 * MINUTE_MS,
  );
});
