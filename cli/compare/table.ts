import Table from "cli-table3";
import { durationToMs, msToDuration } from "../../schedule/duration";
import { grouped } from "../cost/amount";
import { type Paint, painter } from "../lib/colour";
import type { Benchmark } from "./benchmark";
import type { ComparedVariant, Comparison } from "./comparison";

/** Widths of the columns of each table; with the lines between them at most 118. */
const FIGURES = [30, 23, 13, 17, 17, 11];
const FIRINGS = [30, 25, 25, 25];
const ADVICE = [30, 38, 38];

/**
 * The comparison as text for a terminal, at most 118 columns wide.
 *
 * @param options.colour whether to paint with ANSI escapes.
 */
export function renderComparison(comparison: Comparison, { colour }: { readonly colour: boolean }): string {
  const paint = painter(colour);
  const serving = comparison.variants.filter(({ refused }) => refused === null);
  return `${[
    paint("bold", `Strategies for a tick every ${comparison.interval}`),
    figuresTable(comparison, paint),
    ...footnotes(comparison).map((note) => paint("dim", note)),
    "",
    paint("bold", "When a rule's firing goes wrong"),
    table(
      FIRINGS,
      ["", "it comes twice", "it is late", "it does not come"],
      serving.map((one) => [one.title, one.onDoubledFiring, one.onLateFiring, one.onLostFiring]),
    ),
    "",
    paint("bold", "Which one"),
    table(
      ADVICE,
      ["", "choose it when", "limits"],
      serving.map((one) => [one.title, one.chooseWhen, one.limits]),
    ),
  ].join("\n")}\n`;
}

function figuresTable({ interval, variants, benchmark }: Comparison, paint: Paint): string {
  const head = [
    "",
    "US$ a month",
    "invocations\na month",
    "dispatch skew\np50 / p99, ms",
    "start skew\np50 / p99, ms",
    "drift, ms\na tick",
  ];
  const rows = variants.map((variant) => {
    if (variant.refused !== null || variant.month === null) {
      const content = paint("yellow", `cannot: ${variant.refused}`);
      return [variant.title, { colSpan: FIGURES.length - 1, content }];
    }
    const { usd, lowUsd, highUsd, invocations, monitoring } = variant.month;
    const range = highUsd - lowUsd >= 0.005 ? ` (${dollars(lowUsd)} to ${dollars(highUsd)})` : "";
    return [
      variant.title,
      `${dollars(usd)}${range}\n+ ${dollars(monitoring.usd)} monitoring`,
      grouped(Math.round(invocations)),
      ...precision(variant, interval, benchmark !== null),
    ];
  });
  return table(FIGURES, head, rows);
}

type Cell = string | { readonly colSpan: number; readonly content: string };

/** The recorded skews and drift; where there are none it says so, and nothing else. */
function precision(
  { precision: run }: ComparedVariant,
  interval: Comparison["interval"],
  hasBenchmark: boolean,
): Cell[] {
  if (!run) {
    return [{ colSpan: 3, content: hasBenchmark ? "not in the recorded benchmark" : "not recorded yet" }];
  }
  const other = run.intervalMs === durationToMs(interval) ? "" : `\nat ${msToDuration(run.intervalMs)}`;
  const skew = (figures: Benchmark["runs"][number]["startSkewMs"]) =>
    figures ? `${rounded(figures.p50)} / ${rounded(figures.p99)}${other}` : "none seen";
  return [
    skew(run.dispatchSkewMs),
    skew(run.startSkewMs),
    run.driftPerTickMs === null ? "–" : `${rounded(run.driftPerTickMs)}${other}`,
  ];
}

function footnotes({ prices, notes, benchmark }: Comparison): string[] {
  return [
    `US$ for 30 days, list prices of ${prices.region} as read on ${prices.read}, before free tiers; one schedule, untraced.`,
    "In brackets: with rules that fire at the end of their minute, and at its start. Nobody can choose that.",
    "The second line: what the default monitoring (metrics, alarms, dashboard) adds to the first, where you leave it on.",
    ...notes,
    ...(benchmark
      ? [`Skew and drift: ${benchmark.environment}, recorded ${benchmark.recordedAt} (docs/benchmarks.json).`]
      : []),
  ];
}

function table(widths: readonly number[], head: string[], rows: readonly (readonly Cell[])[]): string {
  const made = new Table({ head, colWidths: [...widths], wordWrap: true, style: { head: [], border: [] } });
  for (const row of rows) made.push([...row]);
  return made.toString();
}

const dollars = (usd: number) => usd.toFixed(2);
const rounded = (ms: number) => String(Number(ms.toFixed(1)));
