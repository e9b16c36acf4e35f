import fc from "fast-check";
import { renderFindings } from "../../cli/doctor/doctor";
import { sayOf } from "../../cli/lib/progress";
import { nextTicks } from "../../cli/next/next-ticks";
import { renderNext } from "../../cli/next/table";
import { renderReport } from "../../cli/report/table";
import { tickLine } from "../../cli/start/follow-lines";
import { heldBy, readLock } from "../../cli/state/lock";
import { planRestore } from "../../cli/state/restore";
import { renderVersions, type StoredVersion } from "../../cli/state/versions";
import { explainError } from "../../cli/terraform/explain-error";
import { environment, parsed } from "../config/examples";
import { HIDDEN, hostileText } from "./hostile";
import { faulty } from "./report/sample-reports";
import { stateText } from "./state/states";

/** Checks that a renderer of this project lets nothing hidden of a hostile text reach the terminal, nor a line of its own. */
function holds(render: (text: string) => string): void {
  const lines = render("plain").split("\n").length;
  fc.assert(
    fc.property(hostileText, (text) => {
      expect(render(text)).not.toMatch(HIDDEN);
      expect(render(text).split("\n")).toHaveLength(lines);
    }),
  );
}

test("a report: ids, errors, notes, names and what stands for an instant", () => {
  const report = faulty();
  const [first] = report.schedules;
  if (!first?.missed.first[0]) throw new Error("the sample has no missed tick");
  const missed = first.missed.first[0];
  holds((text) =>
    renderReport(
      {
        ...report,
        observed: text,
        notes: [text],
        schedules: [
          {
            ...first,
            schedule: text,
            strategy: text,
            offGrid: 1,
            offGridTicks: [{ id: text, at: `2026-11-22T${text}` }],
            missed: {
              ...first.missed,
              first: [{ ...missed, id: text, error: text, expectedAt: `2026-11-22T${text}` }],
            },
          },
        ],
      } as typeof report,
      { colour: false },
    ),
  );
});

test("the next ticks: names and notes of schedules", () => {
  const next = nextTicks(parsed(environment()), { from: 0, most: 2 });
  holds((text) => renderNext({ ...next, strategy: text, paused: [{ schedule: text, note: text }] }));
});

test("the live view: names and instants of ticks", () => {
  holds((text) =>
    tickLine(
      {
        id: text,
        schedule: text,
        strategy: text,
        scheduledAt: text,
        dispatchedAt: `2026-11-22T${text}`,
        answeredAt: null,
        startedAt: text,
      },
      9,
    ),
  );
});

test("doctor: what programs print", () => {
  holds((found) => renderFindings([{ name: "Terraform", state: "missing", found, remedy: "Install it" }]));
});

test("a lock: who holds it and for what", () => {
  const lock = { Operation: "", Info: "", Who: "", Created: "" };
  for (const ID of ["ddaddd4b-931a-63ee-51b7-05f3b37869eb", undefined]) {
    holds((text) =>
      heldBy(
        readLock(
          JSON.stringify({ ...lock, ID: ID ?? text, Operation: text, Info: text, Who: text, Created: text }),
          '"abc"',
          0,
        ),
      ),
    );
  }
});

test("an id of a lock that is none is replaced by the object's ETag, so that what is pasted runs nothing", () => {
  fc.assert(
    fc.property(hostileText, hostileText, (ID, etag) => {
      const lock = readLock(JSON.stringify({ ID, Operation: "o", Who: "w", Created: "c" }), etag, 0);
      expect(lock.id).toMatch(/^[0-9a-f-]*$/i);
    }),
  );
  const lock = readLock(JSON.stringify({ ID: "$(touch x)", Operation: "o", Who: "w", Created: "c" }), '"0af1-2"', 0);
  expect(lock.id).toBe("0af1-2");
});

const version = (id: string, lineage: string): StoredVersion => ({
  id,
  writtenAt: 0,
  isLatest: id === "v2",
  text: stateText(1, { lineage }),
});

test("versions of a state: lineages and damage", () => {
  holds((text) =>
    renderVersions([version("v2", `x${text}`), { ...version("v1", "y"), text: JSON.stringify({ version: text }) }]),
  );
});

test("a restore that is refused: lineages, also in the command to paste", () => {
  const refusal = (text: string) => {
    try {
      planRestore([version("v2", "y"), version("v1", `x${text}`)], "v1");
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error("it was not refused");
  };
  holds(refusal);
  expect(refusal("$(touch x)")).toContain("--lineage 'x$(touch x)'.");
});

test("progress: what Terraform says", () => {
  const written: string[] = [];
  const spy = jest.spyOn(console, "error").mockImplementation((text: string) => void written.push(text));
  fc.assert(fc.property(hostileText, (text) => sayOf("dev")(text)));
  spy.mockRestore();
  expect(written.filter((text) => HIDDEN.test(text))).toEqual([]);
  expect(written.length).toBeGreaterThan(50);
});

test("Terraform's errors: only a UUID stands in the command that releases a lock", () => {
  const target = { name: "prod", config: parsed(environment()) };
  fc.assert(
    fc.property(hostileText, (text) => {
      const said = explainError(
        ["Error: Error acquiring the state lock", `  ID:        ${text}`, `  Who:       ${text}`],
        target,
      );
      expect(said).not.toMatch(/metronome state unlock (?!prod [0-9a-f-]{36}$)/m);
      expect(said).not.toMatch(HIDDEN);
    }),
  );
});
