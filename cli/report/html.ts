import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { curves, figures, strip } from "./html-figures";
import { dataTable, instant, namedTicks, skewCell, skewTable, spreadTable } from "./html-tables";
import { html, Markup } from "./markup";
import type { ClockReport, ScheduleReport } from "./schedule-report";
import { kindOf, percent, skewTexts, thresholdTexts, verdictText } from "./words";

/** The directory of the page's own files. */
const PAGE = join(__dirname, "page");

/** With fewer ticks than this, the p99 is the worst tick. */
const ENOUGH_FOR_P99 = 100;

/**
 * The report as one HTML file that needs nothing else: charts, with the same figures as tables. It loads nothing, and its
 * content security policy lets it run its own script only.
 */
export function renderHtml(report: ClockReport): string {
  const script = readFileSync(join(PAGE, "page.js"), "utf8");
  const hash = createHash("sha256").update(script).digest("base64");
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${report.observed}: how well the clock kept time</title>
<style>${new Markup(readFileSync(join(PAGE, "page.css"), "utf8"))}</style>
</head>
<body>
<main>
${header(report)}
${notes(report)}
${report.schedules.length > 1 ? comparison(report) : ""}
${report.schedules.map((schedule, k) => section(schedule, k))}
<footer>
<p>Made ${instant(report.generatedAt)} UTC by lambda-metronome. All instants are UTC. Skew is signed: early is negative. On time is within 500 ms.
${report.embedded ? "These are the figures of an embedded AWS on one machine, and say nothing of AWS itself." : ""}</p>
</footer>
</main>
<script>${new Markup(script)}</script>
</body>
</html>
`;
  return page.text;
}

function header(report: ClockReport): Markup {
  const { observed, embedded, ok, schedules } = report;
  const verdict = html`<strong class="${ok ? "good" : "bad"}">${ok ? "✓" : "✗"} ${verdictText(report)}</strong>`;
  const due = schedules.reduce((sum, schedule) => sum + schedule.due, 0);
  return html`<header><div>
<h1>${observed}</h1>
<p>${verdict} <small>· ${due.toLocaleString("en")} ticks due</small></p>
${embedded ? html`<strong class="warn">embedded AWS, not AWS</strong>` : ""}
</div><button id="theme" type="button" hidden>Dark</button></header>`;
}

function notes({ notes: sentences }: ClockReport): Markup {
  if (sentences.length === 0) return html``;
  return html`<div class="card notes">${sentences.map((sentence) => html`<p>${sentence}</p>`)}</div>`;
}

/** Several schedules in one chart, and side by side in a table. */
function comparison({ schedules }: ClockReport): Markup {
  const lines = schedules.map((one) => ({ name: one.schedule, ...comparedSkew(one) }));
  const rows = schedules.map(({ schedule, ok, due, outcomes, duplicate, availability }, k) => ({
    schedule,
    ok: ok ? "✓" : "✗",
    due: due.toLocaleString("en"),
    missed: outcomes.missed,
    duplicate,
    late: outcomes.late,
    "on time": availability === null ? "–" : percent(availability),
    "p50, ms": skewCell(lines[k]?.statistics?.p50),
    "p99, ms": skewCell(lines[k]?.statistics?.p99),
    "p99.9, ms": skewCell(lines[k]?.statistics?.p999),
    "max, ms": skewCell(lines[k]?.statistics?.max),
  }));
  const started = schedules.some(({ lead }) => lead);
  const title = `${started ? "Skew" : "Dispatch skew"} by share of ticks`;
  const about = `The steeper at the right, the longer the tail.${started ? " Of a schedule with a lead it is the start skew, of another the dispatch skew." : ""}`;
  return html`<h2>Schedules compared</h2>
${lines.some(({ skew }) => skew !== null) ? curves("compare", title, about, lines) : ""}
<div class="card"><div class="scroll">${dataTable("Schedules", rows)}</div></div>`;
}

/** The skew by which schedules are compared: the dispatch's or, with a lead, the start's, which alone is to be 0 then. */
function comparedSkew({
  lead,
  charts,
  dispatchSkewMs,
  startSkewMs,
}: Pick<ScheduleReport, "lead" | "charts" | "dispatchSkewMs" | "startSkewMs">) {
  return lead
    ? { skew: charts.startSkew, statistics: startSkewMs }
    : { skew: charts.dispatchSkew, statistics: dispatchSkewMs };
}

function section(schedule: ScheduleReport, k: number): Markup {
  const { span } = schedule;
  return html`<section aria-labelledby="schedule-${k}">
<h2 id="schedule-${k}">${schedule.schedule}</h2>
<p><small>${kindOf(schedule)} · ${instant(span.from)} to ${instant(span.to)} UTC</small></p>
<ul class="boxes">${thresholds(schedule)}</ul>
<dl class="boxes">${tiles(schedule)}</dl>
${strip(schedule)}
${figures(schedule)}
<div class="card"><h3>Skew</h3><div class="scroll">${skewTable(schedule)}</div>
<p>${skewTexts(schedule).map(sentence)} ${(schedule.dispatchSkewMs?.count ?? ENOUGH_FOR_P99) < ENOUGH_FOR_P99 ? `Of fewer than ${ENOUGH_FOR_P99} ticks the p99 is the worst one: look at a longer span.` : ""}</p></div>
<div class="card"><h3>Spread, as the LambdaClock article has it</h3><div class="scroll">${spreadTable(schedule)}</div></div>
${namedTicks(schedule)}
</section>`;
}

function thresholds(schedule: ScheduleReport): Markup[] {
  return thresholdTexts(schedule).map(
    ({
      pass,
      about,
      observed,
      bound,
    }) => html`<li>${pass ? html`<strong class="good">✓ pass</strong>` : html`<strong class="bad">✗ FAIL</strong>`}
<div>${about}</div><span class="value">${observed}</span> <small>${bound}</small></li>`,
  );
}

function tiles({ due, seen, outcomes, duplicate, availability }: ScheduleReport): Markup[] {
  const counts = {
    due,
    seen,
    "on time": outcomes["on-time"],
    late: outcomes.late,
    missed: outcomes.missed,
    suppressed: outcomes["duplicate-suppressed"],
    paused: outcomes.paused,
    duplicate,
  };
  const texts = Object.entries(counts).map(([name, count]) => [name, count.toLocaleString("en")]);
  const all = [...texts, ["available", availability === null ? "–" : percent(availability)]];
  return all.map(([name = "", value = ""]) => html`<div><dt>${name}</dt><dd class="value">${value}</dd></div>`);
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}. `;
}
