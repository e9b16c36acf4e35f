import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Context } from "../../../cli/lib/context";
import { LOCAL, type LocalFields } from "../../../cli/start/session";
import { verificationSchema } from "../../../cli/verify/findings";
import { verify } from "../../../cli/verify/verify";
import { OVERRIDES_VARIABLE } from "../../../config/overrides";
import { MINUTE_MS } from "../../../schedule/duration";
import { EmulatorSession, flaws, NO_FLAWS } from "../support/emulator-session";

const LAMBDA_CLOCK: LocalFields = {
  strategy: { kind: "lambda-clock" },
  schedules: [{ name: "minutely", interval: "1m" }],
};
const EXPRESS_LOOP: LocalFields = {
  strategy: { kind: "sfn-loop", machineType: "EXPRESS" },
  schedules: [
    { name: "seconds", interval: "1s" },
    { name: "ninety", interval: "90s" },
  ],
};

describe("an Express loop, deployed by cdktf to the emulator in place of lambda-clock", () => {
  const emulator = new EmulatorSession();
  beforeAll(async () => {
    await emulator.open();
    await emulator.deploy(LAMBDA_CLOCK);
  }, 5 * MINUTE_MS);
  afterAll(() => emulator.close(), MINUTE_MS);

  it(
    "keeps 1 s and 90 s after a change of the strategy alone",
    async () => {
      const environment = await emulator.deploy(EXPRESS_LOOP);
      const { report } = await emulator.observe(environment, 2.5 * MINUTE_MS);
      expect(flaws(report)).toEqual({ seconds: NO_FLAWS, ninety: NO_FLAWS });
      expect(report.schedules[0]?.due).toBe(150);
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
