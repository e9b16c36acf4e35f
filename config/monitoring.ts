import { ON_TIME_WITHIN_MS } from "../schedule/outcome";
import type { Problem } from "./combinations";
import type { EnvironmentConfig } from "./types";

/** How an environment is watched, with every setting named. */
export interface MonitoringSettings {
  readonly metrics: boolean;
  readonly alarms: boolean;
  readonly dashboard: boolean;
  readonly alarmEmail: string | null;
  readonly alarmTopicArn: string | null;
  /** ms. */
  readonly p99SkewMs: number;
  readonly queries: boolean;
}

/** How an environment is watched, with the defaults that `types.ts` gives the reasons of. */
export function monitoringSettings({ monitoring = {} }: Pick<EnvironmentConfig, "monitoring">): MonitoringSettings {
  const metrics = monitoring.metrics ?? true;
  return {
    metrics,
    alarms: monitoring.alarms ?? metrics,
    alarmEmail: monitoring.alarmEmail ?? null,
    alarmTopicArn: monitoring.alarmTopicArn ?? null,
    p99SkewMs: monitoring.p99SkewMs ?? ON_TIME_WITHIN_MS,
    dashboard: monitoring.dashboard ?? metrics,
    queries: monitoring.queries ?? true,
  };
}

/** What is wrong with how an environment is watched, in the light of its other fields. */
export function monitoringProblems({ monitoring, account, region }: EnvironmentConfig): Problem[] {
  if (typeof monitoring !== "object" || monitoring === null) return [];
  const problems: Problem[] = [];
  const refuse = (field: keyof typeof monitoring, message: string) =>
    problems.push({ path: ["monitoring", field], message });
  for (const field of ["alarms", "dashboard"] as const) {
    if (monitoring.metrics === false && monitoring[field] === true) {
      refuse(field, 'is made of metrics, and "metrics" is false. Leave one of the two out.');
    }
  }
  const { alarms } = monitoringSettings({ monitoring });
  for (const field of ["alarmEmail", "alarmTopicArn", "p99SkewMs"] as const) {
    if (!alarms && monitoring[field] !== undefined) {
      refuse(field, "is for alarms, and there are none. Leave it out, or let alarms be on.");
    }
  }
  if (monitoring.alarmEmail !== undefined && monitoring.alarmTopicArn !== undefined) {
    refuse(
      "alarmEmail",
      'would be subscribed to a topic that is not ours: "alarmTopicArn" names one. Subscribe it there, and leave it out here.',
    );
  }
  const [, , service, topicRegion, topicAccount] = String(monitoring.alarmTopicArn).split(":");
  if (service === "sns" && (topicRegion !== region || topicAccount !== account)) {
    refuse(
      "alarmTopicArn",
      `is not in this environment's account and region (${account}, ${region}), and alarms reach no other. Name a topic there.`,
    );
  }
  return problems;
}
