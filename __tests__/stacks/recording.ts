import { readFileSync } from "node:fs";
import { join } from "node:path";
import { environment, schedule } from "../config/examples";
import { CI, ciAccess } from "./ci-roles";
import type { IamRequest } from "./iam-request";
import { allows } from "./policy-evaluation";

/** What record-calls.ts wrote. */
interface Recording {
  readonly account: string;
  readonly region: string;
  readonly environment: string;
  /** ARN of the function of another's that a schedule named as its target. */
  readonly usersFunction: string;
  /** What IAM is asked, by what was done. */
  readonly steps: Readonly<Record<string, readonly IamRequest[]>>;
}

export const recording = JSON.parse(readFileSync(join(__dirname, "recorded-calls.json"), "utf8")) as Recording;

/** CI's access to the environment that was recorded. */
const access = ciAccess(
  environment({
    account: recording.account,
    region: recording.region,
    ci: CI,
    schedules: [schedule(), schedule({ name: "report", targets: [recording.usersFunction] })],
    backend: { bucket: "metronome-state-local" },
  }),
  recording.environment,
);

export const localAccess = {
  boundaryArn: access.boundaryArn,

  /** The requests that a role of the recorded environment would be refused. */
  async refused(role: "plan" | "deploy", requests: readonly IamRequest[]): Promise<IamRequest[]> {
    const refused: IamRequest[] = [];
    for (const request of requests) if (!(await allows(access[role], request))) refused.push(request);
    return refused;
  },
};
