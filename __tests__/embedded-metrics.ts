import { z } from "zod";

/**
 * CloudWatch's embedded metric format, by its published specification ("Specification: Embedded metric format", Amazon
 * CloudWatch User Guide): the metadata object and its limits.
 */
const UNITS = [
  ...["Seconds", "Microseconds", "Milliseconds", "Percent", "Count", "Count/Second", "None"],
  ...["Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes"].flatMap((unit) => [unit, `${unit}/Second`]),
  ...["Bits", "Kilobits", "Megabits", "Gigabits", "Terabits"].flatMap((unit) => [unit, `${unit}/Second`]),
] as [string, ...string[]];

const metadata = z.strictObject({
  Timestamp: z.int().min(0),
  CloudWatchMetrics: z.array(
    z.strictObject({
      Namespace: z.string().min(1).max(1024),
      Dimensions: z.array(z.array(z.string().min(1).max(250)).max(30)).min(1),
      Metrics: z
        .array(
          z.strictObject({
            Name: z.string().min(1).max(1024),
            Unit: z.enum(UNITS).optional(),
            StorageResolution: z.literal([1, 60]).optional(),
          }),
        )
        .max(100),
    }),
  ),
});

const root = z.looseObject({ _aws: metadata });

/** A dimension's value: text. */
const dimensionValue = z.string().min(1).max(1024);
/** A metric's value: a number, or up to 100 of them. */
const metricValue = z.union([z.number(), z.array(z.number()).min(1).max(100)]);

/** A line that embeds metrics: its dimensions, and the values of each metric. */
export interface EmbeddedLine {
  readonly namespace: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, readonly number[]>>;
}

/**
 * Reads a line as CloudWatch does, strictly.
 *
 * @throws ZodError where it is not in the format; Error where it names several sets of dimensions.
 */
export function readEmbedded(line: string): EmbeddedLine {
  if (Buffer.byteLength(line) > 256 * 1024) throw new Error("a line is longer than 256 KB");
  const event = root.parse(JSON.parse(line));
  const [directive, ...more] = event._aws.CloudWatchMetrics;
  if (!directive || more.length > 0 || directive.Dimensions.length !== 1) throw new Error("not one set of dimensions");
  const member = <T>(name: string, of: z.ZodType<T>) => of.parse(event[name]);
  return {
    namespace: directive.Namespace,
    dimensions: Object.fromEntries((directive.Dimensions[0] ?? []).map((name) => [name, member(name, dimensionValue)])),
    metrics: Object.fromEntries(directive.Metrics.map(({ Name }) => [Name, [member(Name, metricValue)].flat()])),
  };
}
