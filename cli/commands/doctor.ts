import { examine, renderFindings } from "../doctor/doctor";
import { localAwsConstraint } from "../start/session";

/** `npm run doctor [-- --json]`: what is missing on this machine, and how to get it. Exit code 1 where something is. */
async function main(): Promise<void> {
  const findings = await examine(process.env, localAwsConstraint());
  console.log(process.argv.includes("--json") ? JSON.stringify(findings, null, 2) : renderFindings(findings));
  process.exitCode = findings.some(({ state }) => state === "missing") ? 1 : 0;
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
