import { LONGEST_TEXT } from "../ci/texts";
import { assess } from "../clock-impact/assess";
import { figures, type Judged, nothingToDo, verdict } from "../clock-impact/render-verdict";
import { code, counted, prose } from "./markdown";
import type { DriftedResource, PlanSection } from "./plan-section";
import { AMPLE, type RenderOptions, type Room } from "./render-options";
import { driftList, sectionDetails } from "./render-section";

/** Most resources that a drift report names; so it stays below the limit of an issue's length. */
const MOST_NAMED = 200;

/** Characters of a commit that are shown. */
const COMMIT_SHOWN = 12;

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
  const { limit = LONGEST_TEXT } = options;
  const fits = (text: string) => Buffer.byteLength(text) <= limit;
  for (const room of rooms(judged)) {
    const text = render(judged, options, room);
    if (fits(text)) return text;
  }
  return render(judged, options, { ...AMPLE, ...TIGHTER[TIGHTER.length - 1], withoutPlan: new Set() });
}

/** Shorter and shorter comments: without the longest plan, without the two longest, …, and then with shorter lists. */
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
    verdicts.length > 1 ? verdicts.map((one) => `- ${one}`).join("\n") : verdicts.join(""),
    rest,
    ...(busy.length > 0 ? [figures(busy, options)] : []),
    ...(room.details ? busy.map((one) => sectionDetails(one, options, room)) : []),
    footer(judged, options),
  ];
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

/** What was planned, and how to apply that and nothing else. */
function footer(judged: readonly Judged[], { planDirectory = (name) => `plans/${name}` }: RenderOptions): string {
  const commits = [...new Set(judged.map(({ section }) => section.commit))].map((one) => code(shortCommit(one)));
  const applying = judged.flatMap(({ section: { environment, digest }, assessment }) => {
    if (!digest || !assessment || assessment.care === "No changes" || assessment.care === "Drift") return [];
    const command = code(`npm run deploy -- ${environment} --plan ${planDirectory(environment)}`);
    return [`- ${prose(environment)}: ${command}, digest ${code(digest)}`];
  });
  const planned = `Planned at commit ${commits.join(", ")}.`;
  if (applying.length === 0) return ["---", planned].join("\n");
  const rule = "A deploy plans again, and applies that plan only if it has the digest below.";
  return ["---", `${planned} ${rule}`, "", ...applying].join("\n");
}

/** A commit as people quote it; words that stand for none as they are. */
function shortCommit(text: string): string {
  return /^[0-9a-f]{40}$/.test(text) ? text.slice(0, COMMIT_SHOWN) : text;
}

/**
 * What differs in an environment from what was deployed, as the body of its issue: names of attributes, no values.
 *
 * @param drift as `readPlan` reads it from a plan with `-refresh-only`.
 */
export function renderDrift(environment: string, drift: readonly DriftedResource[]): string {
  const name = prose(environment);
  if (drift.length === 0) return `${name}: everything is as it was deployed.\n`;
  const differ = `${counted(drift.length, "resource")} ${drift.length === 1 ? "differs" : "differ"}`;
  return [
    `**Drift in ${name}: ${differ} from what was deployed**`,
    driftList(drift, MOST_NAMED),
    [
      `- To put it back: ${code(`npm run plan -- ${environment}`)} shows what a deploy would do; then deploy that plan.`,
      "- To keep it: write it into the configuration, and deploy that. The next deploy undoes it otherwise.",
      "- CloudTrail says who changed it.",
    ].join("\n"),
  ]
    .join("\n\n")
    .concat("\n");
}
