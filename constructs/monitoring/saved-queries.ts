import { CloudwatchQueryDefinition } from "@cdktf/provider-aws/lib/cloudwatch-query-definition";
import { Construct } from "constructs";

export interface SavedQueriesProps {
  /** The physical name of a query, by its role. */
  readonly nameOf: (role: string) => string;
  /** Log groups of the clocks' own functions, which plan and dispatch. */
  readonly clockLogs: readonly string[];
  /** Log groups of all functions, the sample target included. */
  readonly allLogs: readonly string[];
}

/** The saved queries. Each log line is JSON, and `message` is the event's name. */
const QUERIES: readonly {
  readonly id: string;
  readonly of: "clockLogs" | "allLogs";
  readonly lines: readonly string[];
}[] = [
  {
    id: "missed-by-reason",
    of: "clockLogs",
    lines: [
      'filter message = "tick.missed" and tick.id not like /^manual-/',
      "stats count(*) as ticks, latest(tick.id) as last by tick.schedule, reason",
    ],
  },
  {
    id: "skew-by-minute",
    of: "clockLogs",
    lines: [
      "filter ispresent(DispatchSkew)",
      "stats pct(DispatchSkew, 50) as p50, pct(DispatchSkew, 99) as p99, max(DispatchSkew) as latest, min(DispatchSkew) as earliest by schedule, bin(1m)",
    ],
  },
  {
    id: "one-tick",
    of: "allLogs",
    lines: [
      'filter tick.id = "heartbeat-1795371910"',
      "fields @timestamp, message, service, reason, tick.dispatchedAt, startedAt, error",
      "sort @timestamp asc",
    ],
  },
  {
    id: "runs-planned",
    of: "clockLogs",
    lines: ['filter message = "run.planned"', "fields @timestamp, schedule, count, from, run", "sort @timestamp desc"],
  },
  {
    id: "suppressed-without-dispatch",
    of: "clockLogs",
    lines: [
      "filter message in ['tick.dispatched', 'tick.suppressed', 'tick.missed']",
      'stats sum(strcontains(message, "suppressed")) as suppressed, sum(strcontains(message, "dispatched")) as dispatched, sum(strcontains(message, "missed")) as missed by tick.id',
      "filter suppressed > 0 and dispatched = 0 and missed = 0",
    ],
  },
  {
    id: "pauses",
    of: "clockLogs",
    lines: [
      'filter message = "schedule.paused"',
      "stats earliest(from) as since, latest(to) as until, count(*) as lines by schedule, note",
    ],
  },
  {
    id: "cold-starts",
    of: "allLogs",
    lines: [
      'filter type = "platform.report" and ispresent(record.metrics.initDurationMs)',
      "stats count(*) as starts, max(record.metrics.initDurationMs) as longestMs by @log, bin(1h)",
    ],
  },
  {
    id: "errors",
    of: "allLogs",
    lines: [
      'filter level = "ERROR" or record.status = "timeout" or record.status = "error"',
      "fields @timestamp, @log, message, errorMessage, record.status",
      "sort @timestamp desc",
    ],
  },
];

/** The saved Logs Insights queries of an environment. They cost nothing until they are run. */
export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, props: SavedQueriesProps) {
    super(scope, id);
    for (const query of QUERIES) {
      new CloudwatchQueryDefinition(this, query.id, {
        name: props.nameOf(query.id),
        logGroupNames: [...props[query.of]],
        queryString: query.lines.join("\n| "),
      });
    }
  }
}
