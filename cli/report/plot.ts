import { SECOND_MS } from "../../schedule/duration";
import { iso } from "../../schedule/tick";
import { html, Markup } from "./markup";
import { roundWidth } from "./statistics";

/** How many steps an axis has at most: their texts fit side by side on a phone. */
const STEPS = 4;

const DAY_MS = 86_400 * SECOND_MS;

/** Steps of an axis of time, in s; longer ones are whole days. */
const TIME_STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400,
] as const;

/** An axis: the values at its ends, and the texts along it. */
export interface Axis {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly texts: readonly (readonly [value: number, text: string])[];
}

/** A place in a plot, in the values of its axes; a line has a gap if it has no `y`. */
export type Point = readonly [x: number, y: number | null];

/** An axis that shows these values and 0. */
export function valueAxis(label: string, values: readonly number[]): Axis {
  const low = Math.min(0, ...values);
  const high = Math.max(1, ...values);
  const step = roundWidth((high - low) / STEPS);
  const [from, to] = [Math.floor(low / step) * step, Math.ceil(high / step) * step];
  return { label, from, to, texts: numbers(from, to) };
}

/** The texts of an axis of figures, between two of them. */
export function numbers(low: number, high: number): Axis["texts"] {
  const step = roundWidth((high - low) / STEPS);
  return multiples(low, high, step).map((value) => [value, value.toLocaleString("en")]);
}

/** An axis of instants, in ms since the epoch. Its own values begin with 0, so that a browser draws them exactly. */
export function timeAxis(from: number, to: number): Axis {
  const least = (to - from) / STEPS;
  const seconds = TIME_STEPS.find((step) => step * SECOND_MS >= least);
  const step = seconds === undefined ? DAY_MS * roundWidth(least / DAY_MS) : seconds * SECOND_MS;
  const text = (at: number) => (to - from > DAY_MS ? iso(at).slice(5, 16).replace("T", " ") : iso(at).slice(11, 19));
  return { label: "UTC", from: 0, to: to - from, texts: multiples(from, to, step).map((at) => [at - from, text(at)]) };
}

/** The place of a value on an axis, in % of its length. */
export function placeOn({ from, to }: Axis, value: number): number {
  return Number(((100 * (value - from)) / (to - from)).toFixed(2));
}

/** Shapes within two axes. The shapes are drawn in the axes' values, and stretch with the page. */
export function plot(x: Axis, y: Axis, shapes: readonly Markup[], marks: Markup | string = ""): Markup {
  const grid = y.texts.map(([value]) => `M${x.from} ${-value}H${x.to}`).join("");
  return html`<div class="plot">
<svg viewBox="${x.from} ${-y.to} ${x.to - x.from} ${y.to - y.from}" preserveAspectRatio="none" aria-hidden="true">${stroke(grid, "var(--grid)", 1)}${shapes}</svg>
${y.texts.map(([value, text]) => html`<span class="y" style="bottom:${placeOn(y, value)}%">${text}</span>`)}
${x.texts.map(([value, text]) => html`<span class="x" style="left:${placeOn(x, value)}%">${text}</span>`)}
<span class="y-label">${y.label}</span><span class="x-label">${x.label}</span>${marks}</div>`;
}

/** A line through the points that have a `y`. */
export function line(points: readonly Point[]): string {
  return points
    .map(([x, y], k) => (y === null ? "" : `${(points[k - 1]?.[1] ?? null) === null ? dot(x, y) : `L${x} ${-y}`}`))
    .join("");
}

/** A dot at each point that has a `y`. */
export function dots(points: readonly Point[]): string {
  return points.map(([x, y]) => (y === null ? "" : dot(x, y))).join("");
}

/** A rectangle. */
export function box(left: number, right: number, low: number, high: number): string {
  return `M${left} ${-low}V${-high}H${right}V${-low}Z`;
}

/** A path that is drawn. Its width is in px. */
export function stroke(path: string, colour: string, width: number, dash = ""): Markup {
  return new Markup(`<path d="${path}" stroke="${colour}" stroke-width="${width}" stroke-dasharray="${dash}"/>`);
}

/** A path that is filled. */
export function fill(path: string, colour: string): Markup {
  return new Markup(`<path d="${path}" fill="${colour}"/>`);
}

/** A line without a length has round ends. */
function dot(x: number, y: number): string {
  return `M${x} ${-y}h0`;
}

/** The multiples of a step between two values, both inclusive. */
function multiples(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, k) => (first + k) * step);
}
