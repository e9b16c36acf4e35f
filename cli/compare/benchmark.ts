import { z } from "zod";

const skew = z.object({ p50: z.number(), p99: z.number() });

const run = z.object({
  /** A variant's id, if the run had no faults. */
  id: z.string(),
  strategy: z.string(),
  intervalMs: z.number().positive(),
  ticks: z.number().int().nonnegative(),
  missed: z.number().int().nonnegative(),
  duplicate: z.number().int().nonnegative(),
  dispatchSkewMs: skew.nullable(),
  startSkewMs: skew.nullable(),
  driftPerTickMs: z.number().nullable(),
});

const benchmark = z.object({ recordedAt: z.string(), environment: z.string(), runs: z.array(run) });

/** A recorded benchmark: `docs/benchmarks.json`. Skews and drift in signed ms; other fields are ignored. */
export type Benchmark = z.infer<typeof benchmark>;

/** One run of it. */
export type BenchmarkRun = Benchmark["runs"][number];

/**
 * Reads a recorded benchmark.
 *
 * @param file its name, for the message.
 * @throws TypeError if the text is not JSON, or a field is missing or wrong; the message names the field.
 */
export function readBenchmark(text: string, file: string): Benchmark {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TypeError(`${file} is not JSON (${(error as Error).message}). Record it again, or remove it.`);
  }
  const result = benchmark.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new TypeError(`${file}: ${issue?.path.join(".")}: ${issue?.message}. Record it again, or remove it.`);
}
