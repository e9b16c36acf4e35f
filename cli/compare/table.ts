import { createColors } from "picocolors";
import { durationToMs, msToDuration } from "../../schedule/duration";
import { dollars, wholeNumber } from "../lib/numbers";
import { type Cell, framed } from "../lib/table";
import type { BenchmarkRun } from "./benchmark";
import type { ComparedVariant, Comparison } from "./comparison";

/** Widths of the columns of each table; with the lines between them at most 118. */
const FIGURES = [30, 23, 13, 17, 17, 11];
const FIRINGS = [30, 25, 25, 25];
const ADVICE = [30, 38, 38];

type Colours = ReturnType<typeof createColors>;

/**
 * The comparison as text for a terminal, at most 118 columns wide.
 *
 * @param options.colour whether to write ANSI colours.
 */
export function renderComparison(comparison: Comparison, { colour }: { readonly colour: boolean }): string {
  const colours = createColors(colour);
  const serving = comparison.variants.filter(({ refused }) => refused === null);
  return `${[
    colours.bold(`Strategies for a tick every ${comparison.interval}`),
    figuresTable(comparison, colours),
    ...footnotes(comparison).map((note) => colours.dim(note)),
    "",
    colours.bold("If a firing of the rule goes wrong"),
    framed(
      ["", "it comes twice", "it is late", "it does not come"],
      serving.map((one) => [one.title, one.onDoubledFiring, one.onLateFiring, one.onLostFiring]),
      { widths: FIRINGS },
    ),
    "",
    colours.bold("Which one"),
    framed(
      ["", "choose it if", "limits"],
      serving.map((one) => [one.title, one.chooseWhen, one.limits]),
      { widths: ADVICE },
    ),
  ].join("\n")}\n`;
}

function figuresTable({ interval, variants, benchmark }: Comparison, colours: Colours): string {
  const head = [
    "",
    "US$ a month",
    "invocations\na month",
    "dispatch skew\np50 / p99, ms",
    "start skew\np50 / p99, ms",
    "drift, ms\na tick",
  ];
  const rows = variants.map((variant): Cell[] => {
    if (variant.month === null) {
      return [variant.title, { colSpan: FIGURES.length - 1, content: colours.yellow(`cannot: ${variant.refused}`) }];
    }
    const { usd, lowUsd, highUsd, invocations, monitoring } = variant.month;
    const range = highUsd - lowUsd >= 0.005 ? ` (${dollars(lowUsd)} to ${dollars(highUsd)})` : "";
    return [
      variant.title,
      `${dollars(usd)}${range}\n+ ${dollars(monitoring.usd)} monitoring`,
      wholeNumber(invocations),
      ...precision(variant, interval, benchmark !== null),
    ];
  });
  return framed(head, rows, { widths: FIGURES });
}

/** The recorded skews and drift, or one cell that says why there are no figures. */
function precision(
  { precision: run }: ComparedVariant,
  interval: Comparison["interval"],
  hasBenchmark: boolean,
): Cell[] {
  if (!run) {
    return [{ colSpan: 3, content: hasBenchmark ? "not in the recorded benchmark" : "not recorded yet" }];
  }
  const other = run.intervalMs === durationToMs(interval) ? "" : `\nat ${msToDuration(run.intervalMs)}`;
  const skew = (figures: BenchmarkRun["startSkewMs"]) =>
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
    "In brackets: if the rules fire at the end of their minute, and at its start. AWS chooses the second.",
    "The second line: what the default monitoring (metrics of all schedules together, and alarms) adds to the first.",
    ...notes,
    ...(benchmark
      ? [`Skew and drift: ${benchmark.environment}, recorded ${benchmark.recordedAt} (docs/benchmarks.json).`]
      : []),
  ];
}

const rounded = (ms: number) => String(Number(ms.toFixed(1)));
