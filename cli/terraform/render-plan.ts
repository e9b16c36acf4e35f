import { assess } from "../clock-impact/assess";
import { figures, type Judged, nothingToDo, verdict } from "../clock-impact/render-verdict";
import { code, counted, prose } from "./markdown";
import type { DriftedResource, PlanSection } from "./plan-section";
import { AMPLE, type RenderOptions, type Room } from "./render-options";
import { driftList, sectionDetails } from "./render-section";

/** What a plan comment begins with: by it the comment is found again and updated in place. */
export const PLAN_MARKER = "<!-- lambda-metronome plan v1";

/** What a drift report begins with; the environment follows. */
export const DRIFT_MARKER = "<!-- lambda-metronome drift v1";

/** Most resources that a report names: below any limit of an issue's length. */
const MOST_NAMED = 200;

/** GitHub takes 65,536 characters in a comment; no character is less than a byte. */
const LIMIT_BYTES = 65_000;

/** Characters of a hash that are shown; the marker has all of them. */
const HASH_SHOWN = 12;

/** What is left out, step by step, once all full plans are. */
const TIGHTER: readonly Omit<Room, "withoutPlan">[] = [
  { listed: 20, errorCharacters: 8_000, details: true },
  { listed: 5, errorCharacters: 2_000, details: true },
  { listed: 1, errorCharacters: 500, details: true },
  { listed: 1, errorCharacters: 500, details: false },
];

/**
 * One comment for all environments that were planned: the verdicts, a table, and a section each, those that failed first.
 *
 * It stays within the limit by leaving out full plans, the longest first, then by shortening lists; never a verdict.
 */
export function renderPlans(sections: readonly PlanSection[], options: RenderOptions = {}): string {
  const judged = sections
    .map((section): Judged => {
      const { outcome } = section;
      return { section, assessment: outcome.kind === "planned" ? assess(outcome.reading) : null };
    })
    .sort((a, b) => Number(a.assessment !== null) - Number(b.assessment !== null));
  const { limit = LIMIT_BYTES } = options;
  const fits = (text: string) => Buffer.byteLength(text) <= limit;
  for (const room of rooms(judged)) {
    const text = render(judged, options, room);
    if (fits(text)) return text;
  }
  return render(judged, options, { ...AMPLE, ...TIGHTER[TIGHTER.length - 1], withoutPlan: new Set() });
}

/** Ever less room: without the longest plan, without the two longest, …, and then with shorter lists. */
function* rooms(judged: readonly Judged[]): Generator<Room> {
  yield AMPLE;
  const length = ({ section: { outcome } }: Judged) => (outcome.kind === "planned" ? outcome.fullPlan.length : 0);
  const longest = [...judged].sort((a, b) => length(b) - length(a)).map(({ section }) => section.environment);
  for (let n = 1; n <= longest.length; n++) yield { ...AMPLE, withoutPlan: new Set(longest.slice(0, n)) };
  for (const tighter of TIGHTER) yield { ...tighter, withoutPlan: new Set(longest) };
}

function render(judged: readonly Judged[], options: RenderOptions, room: Room): string {
  const idle = judged.filter(({ assessment }) => assessment?.care === "No changes");
  const busy = judged.filter(({ assessment }) => assessment?.care !== "No changes");
  const rest = idle.length > 0 ? nothingToDo(idle) : "";
  const verdicts = busy.map(verdict);
  const parts = [
    marker(judged),
    verdicts.length > 1 ? verdicts.map((one) => `- ${one}`).join("\n") : verdicts.join(""),
    rest,
    ...(busy.length > 0 ? [figures(busy, options)] : []),
    ...(room.details ? busy.map((one) => sectionDetails(one, options, room)) : []),
    footer(judged, options),
  ];
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

function marker(judged: readonly Judged[]): string {
  const plain = (text: string) => text.replace(/[^\w.:/-]/g, "");
  const commits = new Set(judged.map(({ section }) => plain(section.commit)));
  const bundles = judged.flatMap(({ section: { environment, bundle } }) =>
    bundle ? [` ${plain(environment)}=sha256:${plain(bundle.sha256)}`] : [],
  );
  return `${PLAN_MARKER} commit=${[...commits].join("/")}${bundles.join("")} -->`;
}

/** What was planned, and how to apply that and nothing else. */
function footer(judged: readonly Judged[], { bundleDirectory = (name) => `plans/${name}` }: RenderOptions): string {
  const commits = [...new Set(judged.map(({ section }) => section.commit))].map((one) => code(shortHash(one)));
  const applying = judged.flatMap(({ section: { environment, bundle }, assessment }) => {
    if (!bundle || !assessment || assessment.care === "No changes" || assessment.care === "Drift") return [];
    const command = code(`npm run deploy -- ${environment} --plan ${bundleDirectory(environment)}`);
    const stale =
      bundle.serial === null
        ? "stale once there is a state"
        : `stale once the state moves past serial ${bundle.serial}`;
    return [`- ${prose(environment)}: ${command}, bundle ${code(shortHash(bundle.sha256))}, ${stale}`];
  });
  const planned = `Planned at commit ${commits.join(", ")}.`;
  return applying.length > 0
    ? ["---", `${planned} To apply exactly this:`, "", ...applying].join("\n")
    : ["---", planned].join("\n");
}

/** A hash as people quote it; a word that stands for none as it is. */
function shortHash(text: string): string {
  return /^[0-9a-f]{40,64}$/.test(text) ? text.slice(0, HASH_SHOWN) : text;
}

/**
 * What differs in an environment from what was deployed, as the body of its issue: names of attributes, no values.
 *
 * @param drift as `readPlan` reads it from a plan with `-refresh-only`.
 */
export function renderDrift(environment: string, drift: readonly DriftedResource[]): string {
  const name = prose(environment);
  const marker = `${DRIFT_MARKER} env=${environment.replace(/[^\w-]/g, "")} -->`;
  if (drift.length === 0) return `${marker}\n\n${name}: everything is as it was deployed.\n`;
  const differ = `${counted(drift.length, "resource")} ${drift.length === 1 ? "differs" : "differ"}`;
  return [
    marker,
    `**Drift in ${name}: ${differ} from what was deployed**`,
    driftList(drift, MOST_NAMED),
    [
      `- To put it back: ${code(`npm run plan -- ${environment}`)} shows what a deploy would do; then deploy that plan.`,
      "- To keep it: write it into the configuration, and deploy that. The next deploy undoes it otherwise.",
      "- Somebody or something changed it by hand: CloudTrail knows who.",
    ].join("\n"),
  ]
    .join("\n\n")
    .concat("\n");
}
