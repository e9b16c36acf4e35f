import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { TickRecord } from "../../schedule/tick";
import { renderHtml } from "./html";
import type { ClockReport } from "./schedule-report";
import { toReportJson } from "./summary";

/** How much text is gathered before it is written, in characters. */
const WRITE_AT = 65_536;

/** Writes `report.json` and `report.html` into a directory, and creates it if it does not exist. @returns their names. */
export function writeReport(directory: string, report: ClockReport): string[] {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "report.json"), toReportJson(report));
  writeFileSync(join(directory, "report.html"), renderHtml(report));
  return ["report.json", "report.html"];
}

/** `ticks.jsonl`, written record by record, so that it may be longer than memory. */
export class RecordsFile {
  private readonly file: number;
  private gathered = "";

  /** Opens it in a directory, which it creates if it does not exist. */
  constructor(directory: string) {
    mkdirSync(directory, { recursive: true });
    this.file = openSync(join(directory, "ticks.jsonl"), "w");
  }

  write(record: TickRecord): void {
    this.gathered += `${JSON.stringify(record)}\n`;
    if (this.gathered.length >= WRITE_AT) this.flush();
  }

  close(): void {
    this.flush();
    closeSync(this.file);
  }

  private flush(): void {
    writeSync(this.file, this.gathered);
    this.gathered = "";
  }
}
