import { PROJECT_DIR } from "../../host/work-dir";
import { LONGEST_TEXT } from "../ci/texts";
import { figures, nothingToDo, verdict } from "../clock-impact/render-verdict";
import { shellWord } from "../lib/shell-word";
import { code, counted, prose } from "./markdown";
import { shownDirectory } from "./plan-files";
import { type DriftedResource, hasChanges, isIdle, type PlanSection } from "./plan-section";
import { driftList, type Room, sectionDetails } from "./render-section";

/** Most resources that a drift report names; so it stays below the limit of an issue's length. */
const MOST_NAMED = 200;

/** Characters of a commit that are shown. */
const COMMIT_SHOWN = 12;

/**
 * One comment for all environments that were planned: the verdicts, a table, and a section each, those that failed first.
 *
 * It stays within GitHub's limit by leaving out full plans, the longest first, then by shortening lists; never a verdict.
 *
 * @param directoryOf gives the directory of an environment's plan.
 */
export function renderPlans(sections: readonly PlanSection[], directoryOf: (environment: string) => string): string {
  const ordered = [...sections].sort((a, b) => Number(b.outcome.kind === "error") - Number(a.outcome.kind === "error"));
  let text = "";
  for (const room of rooms(ordered)) {
    text = render(ordered, directoryOf, room);
    if (Buffer.byteLength(text) <= LONGEST_TEXT) break;
  }
  return text;
}

/** Shorter and shorter comments: without the longest plan, without the two longest, …, and then with shorter lists. */
function* rooms(sections: readonly PlanSection[]): Generator<Room> {
  const length = ({ outcome }: PlanSection) => (outcome.kind === "planned" ? outcome.fullPlan.length : 0);
  const longest = [...sections].sort((a, b) => length(b) - length(a)).map(({ environment }) => environment);
  for (let n = 0; n <= longest.length; n++) {
    yield { withoutPlan: new Set(longest.slice(0, n)), most: Number.POSITIVE_INFINITY };
  }
  for (const most of [20, 5, 0]) yield { withoutPlan: new Set(longest), most };
}

function render(sections: readonly PlanSection[], directoryOf: (environment: string) => string, room: Room): string {
  const idle = sections.filter(isIdle);
  const busy = sections.filter((section) => !isIdle(section));
  const verdicts = busy.map(verdict);
  const parts = [
    verdicts.length > 1 ? verdicts.map((one) => `- ${one}`).join("\n") : verdicts.join(""),
    idle.length > 0 ? nothingToDo(idle) : "",
    busy.length > 0 ? figures(busy) : "",
    ...(room.most > 0 ? busy.map((section) => sectionDetails(section, room)) : []),
    footer(sections, directoryOf),
  ];
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

/** What was planned, and how to apply that and nothing else. */
function footer(sections: readonly PlanSection[], directoryOf: (environment: string) => string): string {
  const commits = [...new Set(sections.map(({ commit }) => code(shortCommit(commit))))];
  const applying = sections.flatMap(({ environment, digest, outcome }) => {
    if (!digest || outcome.kind === "error" || !hasChanges(outcome.reading)) return [];
    const directory = shownDirectory(directoryOf(environment), PROJECT_DIR);
    const command = code(`npm run deploy -- ${environment} --plan ${shellWord(directory)}`);
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
  return `**Drift in ${name}: ${differ} from what was deployed**

${driftList(drift, MOST_NAMED)}

- To put it back: ${code(`npm run plan -- ${environment}`)} shows what a deploy would do; then deploy that plan.
- To keep it: write it into the configuration, and deploy that. The next deploy undoes it otherwise.
- CloudTrail says who changed it.
`;
}
