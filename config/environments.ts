import type { Environments } from "./schema";

/**
 * What you edit: literals only. `local` runs on this machine with `npm start`; `dev` and `prod` are examples.
 * `schema.ts` beside this file explains every field and its default; a wrong value ends in a message that names it.
 */
export const environments: Environments = {
  local: {
    account: "000000000000",
    region: "us-east-1",
    endpoint: "http://127.0.0.1:4566",
    strategy: { kind: "sfn-loop" },
    schedules: [{ name: "heartbeat", interval: "10s", payload: { greeting: "tick" } }],
    backend: { bucket: "metronome-state-local" },
    runtime: "nodejs22.x",
    // Its metrics would go nowhere: the embedded AWS makes no datapoints of them.
    monitoring: { metrics: false, queries: false },
    // The release that the embedded AWS is tested with. Later ones make requests that it does not answer.
    awsProviderVersion: "5.100.0",
    logRetentionDays: 1,
  },
  dev: {
    account: "111111111111",
    region: "eu-central-1",
    strategy: { kind: "sfn-loop", machineType: "EXPRESS" },
    schedules: [{ name: "heartbeat", interval: "10s" }],
    backend: { bucket: "metronome-state-111111111111" },
    logRetentionDays: 7,
  },
  prod: {
    account: "222222222222",
    region: "eu-central-1",
    strategy: { kind: "lambda-clock" },
    schedules: [{ name: "heartbeat", interval: "1m" }],
    backend: { bucket: "metronome-state-222222222222" },
    logRetentionDays: 365,
  },
};
