import type { LocalFields } from "../../../cli/start/session";
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
    "leaves nothing behind when it is destroyed",
    async () => {
      await emulator.session.destroy(EXPRESS_LOOP);
      expect(await emulator.leftovers()).toEqual([]);
    },
    5 * MINUTE_MS,
  );
});
