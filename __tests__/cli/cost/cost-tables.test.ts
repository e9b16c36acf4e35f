import { readFileSync } from "node:fs";
import { join } from "node:path";
import { estimateMonthlyCost } from "../../../cli/cost/cost";
import { monitoringUsage } from "../../../cli/cost/monitoring";
import type { Settings } from "../../../schedule/clock";
import type { Duration } from "../../../schedule/duration";
import { phaseByName } from "../../../schedule/grid";
import { clockDescription, estimate, lambdaClock, loop, published, scheduleDescription, sqsDelay } from "./clocks";

describe("agrees with the tables of docs/strategies.md", () => {
  const doc = readFileSync(join(__dirname, "..", "..", "..", "docs", "strategies.md"), "utf8");
  const row = (head: string) => {
    const found = doc.split("\n").find((line) => line.startsWith(`| ${head} |`));
    if (!found) throw new Error(`docs/strategies.md has no row "${head}"`);
    return found
      .split("|")
      .slice(2, -1)
      .map((cell) => cell.trim());
  };
  const shown = (strategy: Settings, interval: Duration) => {
    const { totalUsd, range } = estimate(strategy, interval);
    const [low = "", usd = "", high = ""] = [range.lowUsd, totalUsd, range.highUsd].map((value) => value.toFixed(2));
    return low === high ? usd : `${usd} (${low} to ${high})`;
  };
  const loops = [
    loop(),
    loop({ machineType: "EXPRESS" }),
    published(),
    published({ machineType: "EXPRESS", duplicateCheck: false }),
  ];

  test.each([
    ["US$ a month at 1 s", "1s"],
    ["US$ a month at 10 s", "10s"],
  ] as const)("%s", (head, interval) => {
    const costs = loops.map((strategy) => shown(strategy, interval));
    // The duplicate check is refused below 5 s.
    if (interval === "1s") costs[2] = shown(published({ duplicateCheck: false }), interval);
    expect(row(head)).toEqual([...costs, "cannot", shown(sqsDelay(), interval)]);
  });

  test("US$ a month at 1 min", () => {
    expect(row("US$ a month at 1 min")).toEqual(
      [...loops, lambdaClock(), sqsDelay()].map((strategy) => shown(strategy, "1m")),
    );
  });

  test("US$ a month at 5 min, and in a pause", () => {
    const [standard, express] = loops as Settings[] as [Settings, Settings];
    const clock = lambdaClock();
    expect(row("US$ a month at 5 min")).toEqual([
      shown(standard, "5m"),
      shown(express, "5m"),
      "cannot",
      "cannot",
      shown(clock, "5m"),
      shown(sqsDelay(), "5m"),
    ]);
    const paused = [standard, express, clock, sqsDelay()].map((strategy) => {
      const schedules = [scheduleDescription({ interval: "1m", paused: "maintenance" })];
      return `$${estimateMonthlyCost(clockDescription({ strategy, schedules })).totalUsd.toFixed(2)}`;
    });
    const sentence = doc.slice(doc.indexOf("A **paused** schedule"), doc.indexOf("During a **handover**"));
    expect(sentence.match(/\$\d+\.\d\d/g)).toEqual(paused);
    const monitoring = { metrics: "schedules", alarms: true, dashboard: true } as const;
    const watching = (pause: string | null) =>
      monitoringUsage(clockDescription({ monitoring, schedules: [scheduleDescription({ paused: pause })] }));
    expect([watching(null).metrics, watching("maintenance").metrics]).toEqual([5, 0]);
  });

  test("the sums of the published loop and of lambda-clock", () => {
    const sums = doc.split("\n").filter((line) => line.startsWith("| **sum** |"));
    expect(sums.slice(0, 2).map((line) => line.match(/\d+\.\d\d/)?.[0])).toEqual([
      shown(published(), "10s"),
      estimate(lambdaClock(), "1m").totalUsd.toFixed(2),
    ]);
    expect(doc).toContain(`it is ${shown(published({ machineType: "EXPRESS", duplicateCheck: false }), "10s")}.`);
    expect(doc).toContain(`$${shown(lambdaClock({ horizon: 1 }), "1m").replace(" (", "\n  (")}`);
  });

  describe("sqs-delay", () => {
    const section = doc.slice(doc.indexOf("## sqs-delay"));
    /** The figures of a row: other sections have rows of the same name. */
    const ownRow = (head: string) =>
      (section.split("\n").find((line) => line.startsWith(`| ${head} |`)) ?? "")
        .split("|")
        .slice(3, -1)
        .map((cell) => cell.trim());
    const many = (phase: (k: number) => Duration = () => "0s") =>
      Array.from({ length: 100 }, (_, k) =>
        scheduleDescription({ name: `tenant-${k}`, interval: "10s", phase: phase(k) }),
      );
    const spread = (k: number) => `${k % 10}s` as const;
    const usd = (schedules: ReturnType<typeof many>, strategy = sqsDelay()) =>
      estimateMonthlyCost(clockDescription({ strategy, schedules }));
    const columns = [
      ...(["1m", "10s", "1s"] as const).map((interval) => usd([scheduleDescription({ interval })])),
      usd(many()),
    ];

    test.each([
      [
        "pacer, 256 MB",
        [
          ["pacer", "lambdaGbSecond"],
          ["pacer", "lambdaRequest"],
        ],
      ],
      ["queue", [["queue", "queueRequest"]]],
      [
        "ledger",
        [
          ["ledger", "ledgerWrite"],
          ["planner", "ledgerWrite"],
          ["planner", "ledgerRead"],
          ["ledger", "ledgerRead"],
        ],
      ],
      [
        "logs",
        [
          ["pacer", "logGb"],
          ["planner", "logGb"],
        ],
      ],
      [
        "planner, 512 MB",
        [
          ["planner", "lambdaGbSecond"],
          ["planner", "lambdaRequest"],
        ],
      ],
    ] as const)("%s", (head, parts) => {
      const sums = columns.map(({ lines }) =>
        lines
          .filter((line) => parts.some(([part, resource]) => line.part === part && line.resource === resource))
          .reduce((sum, line) => sum + line.usd, 0),
      );
      expect(ownRow(head)).toEqual(sums.map((sum) => sum.toFixed(2)));
    });

    test("the sums, and what phases and claims make of them", () => {
      const sum =
        doc
          .split("\n")
          .filter((line) => line.startsWith("| **sum** |"))
          .at(-1) ?? "";
      expect(sum.match(/\d+\.\d\d/g)).toEqual(columns.map(({ totalUsd }) => totalUsd.toFixed(2)));
      const byInstants = sqsDelay({ claims: "instants" });
      expect(doc).toContain(`they cost ${usd(many(spread)).totalUsd.toFixed(2)}.`);
      const text = doc.replace(/\s+/g, " ");
      expect(text).toContain(
        `then cost ${usd(many(), byInstants).totalUsd.toFixed(2)}, or ${usd(many(spread), byInstants).totalUsd.toFixed(2)} with phases`,
      );
      expect(text).toContain("b is the number of bursts a minute: 1, 6, 3, and 48");
      const bursts = columns.map(
        ({ lines }) =>
          (lines.find(({ part, resource }) => part === "pacer" && resource === "lambdaRequest")?.quantity ?? 0) /
          43_200,
      );
      expect(bursts).toEqual([1, 6, 3, 48]);
    });
  });

  test("docs/scale.md has the cost of ten thousand schedules", () => {
    const page = readFileSync(join(__dirname, "..", "..", "..", "docs", "scale.md"), "utf8");
    const schedules = Array.from({ length: 10_000 }, (_, k) => {
      const one = scheduleDescription({ name: `tenant-${k}`, interval: "10s" });
      return { ...one, phaseMs: phaseByName(one.name, one.intervalMs) };
    });
    const cost = (claims: "ticks" | "instants") =>
      estimateMonthlyCost(clockDescription({ strategy: sqsDelay({ claims }), schedules }));
    const of = (lines: ReturnType<typeof cost>["lines"], part: string, ...resources: readonly string[]) =>
      lines
        .filter((line) => line.part === part && resources.includes(line.resource))
        .reduce((sum, { usd }) => sum + usd, 0);
    const [ticks, instants] = [cost("ticks"), cost("instants")];
    const figures = [
      of(ticks.lines, "ledger", "ledgerWrite"),
      10_000 * 6 * 43_200 * 500 * 0.5e-9,
      of(ticks.lines, "pacer", "lambdaRequest", "lambdaGbSecond"),
      of(instants.lines, "ledger", "ledgerWrite"),
      instants.totalUsd,
      (10_000 * 6 * 43_200 * 0.2) / 1e6,
    ];
    const paragraph = page.slice(page.indexOf("## What costs most"), page.indexOf("## What ends first"));
    const shownThere = paragraph.match(/\$[\d,]+\.\d\d/g);
    expect(shownThere).toEqual(
      figures.map((usd) => `$${usd.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`),
    );
  });

  test.each(["STANDARD", "EXPRESS"] as const)("the loop with clock pacing, sum on %s", (machineType) => {
    const sums = (["10s", "1s"] as const).map((interval) => estimate(loop({ machineType }), interval).totalUsd);
    expect(row(`**sum, ${machineType}**`).slice(1)).toEqual(sums.map((usd) => `**${usd.toFixed(2)}**`));
  });

  test("what the default monitoring adds, and what it comes to", () => {
    const watched = (strategy: Settings, interval: Duration, of: "total" | "schedules" = "total") => {
      const schedules = [scheduleDescription({ interval })];
      const monitoring = { metrics: of, alarms: true, dashboard: of === "schedules" };
      const clock = clockDescription({ strategy, schedules, monitoring });
      const { lines, totalUsd } = estimateMonthlyCost(clock, { monitoring: monitoringUsage(clock) });
      const own = lines.filter(({ part }) => part === "monitoring");
      return { added: own.reduce((sum, { usd }) => sum + usd, 0), lines: own, totalUsd };
    };
    const added = [
      watched(loop(), "10s"),
      watched(loop(), "1s"),
      watched(lambdaClock(), "1m"),
      watched(sqsDelay(), "10s"),
      watched(loop(), "10s", "schedules"),
      watched(sqsDelay(), "10s", "schedules"),
    ];
    const dashboard = added[4]?.lines.find(({ resource }) => resource === "dashboard")?.usd ?? 0;
    const usd = [...added.map((one) => one.added), dashboard];
    const from = doc.indexOf("**Monitoring is on by default");
    const paragraph = doc.slice(from, doc.indexOf("\n\n", from));
    expect(paragraph.match(/\$\d+\.\d\d/g)).toEqual(usd.map((one) => `$${one.toFixed(2)}`));
  });

  test("names the price of everything it counts", () => {
    for (const price of [
      "$25 a million",
      "$1 a million",
      "$0.06 a GB-hour",
      "$0.0000133334",
      "$0.20 a million",
      "$0.625 a million",
      "$0.125 a million",
      "$0.40 a million",
      "$0.50 a million",
      "$0.50 a GB",
      "$5 a million",
    ]) {
      expect(doc).toContain(price);
    }
  });
});
