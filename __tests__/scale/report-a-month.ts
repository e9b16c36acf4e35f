import { readTickEvents } from "../../cli/report/log-reader";
import { StreamedReport } from "../../cli/report/streamed-report";
import { EVERY_SECOND, FROM, monthOfLogs, TICKS } from "./month-of-ticks";

/** Reports a month of ticks in a process of its own, and prints the report and the memory it took. */
async function main(): Promise<void> {
  const to = FROM + TICKS * 1_000;
  const schedules = [{ ...EVERY_SECOND, span: { from: FROM, to } }];
  const report = new StreamedReport({ schedules, catchUpMs: 1_000, readFrom: FROM });
  const source = { client: monthOfLogs(), logGroups: ["/iterator", "/target"], from: FROM, to: to + 60_000 };
  for await (const batch of readTickEvents(source)) report.add(batch);
  const made = report.end({ generatedAt: to, observed: "a month", dispatchSkewLimitMs: 100 });
  // On Linux in KB: nodejs.org/api/process.html#processresourceusage.
  console.log(JSON.stringify({ report: made, maxRssMb: process.resourceUsage().maxRSS / 1_024 }));
}

main();
