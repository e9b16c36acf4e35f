import type { Allow } from "./policy";

/** What X-Ray takes traces by; none of these actions knows a resource. */
export const WRITE_TRACES: Allow = {
  actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  resources: ["*"],
};
