import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Testing } from "cdktf";
import type { Construct } from "constructs";
import { type BuildAppOptions, buildApp } from "../app";
import type { EnvironmentConfig, Environments } from "../config/types";

/** The arguments of a resource, a data source or a provider, in Terraform's snake case. */
export type Arguments = Readonly<Record<string, unknown>>;

type Kinds = Readonly<Record<string, Readonly<Record<string, Arguments>>>>;

/** A synthesized stack, as Terraform reads it. */
export class Template {
  readonly json: {
    readonly data?: Kinds;
    readonly resource?: Kinds;
    readonly provider?: Readonly<Record<string, readonly Arguments[]>>;
    readonly terraform: Readonly<Record<string, unknown>>;
  };

  constructor(readonly text: string) {
    this.json = JSON.parse(text);
  }

  /** The resources of one type, by their names in Terraform. */
  resources(type: string): Readonly<Record<string, Arguments>> {
    return this.json.resource?.[type] ?? {};
  }

  /** The data sources of one type. */
  data(type: string): readonly Arguments[] {
    return Object.values(this.json.data?.[type] ?? {});
  }

  /** The one resource of a type whose name in Terraform begins with `prefix`. */
  resource(type: string, prefix = ""): Arguments {
    const found = Object.entries(this.resources(type)).filter(([name]) => name.startsWith(prefix));
    if (found.length !== 1) throw new Error(`${found.length} resources ${type}.${prefix}…, not one`);
    return (found[0] as [string, Arguments])[1];
  }

  /** Every resource's address. */
  addresses(): string[] {
    return this.entries().map(([address]) => address);
  }

  /** Every resource by its address, without cdktf's notes. */
  entries(): [string, Arguments][] {
    return Object.entries(this.json.resource ?? {}).flatMap(([type, resources]) =>
      Object.entries(resources).map(([name, { "//": _, ...values }]): [string, Arguments] => [
        `${type}.${name}`,
        values,
      ]),
    );
  }
}

/** Synthesizes an app as cdktf would, and reads what it wrote: templates by stack id. */
export function synthesize(
  environments: Environments,
  options: Omit<BuildAppOptions, "app"> = {},
): Record<string, Template> {
  const outdir = mkdtempSync(join(tmpdir(), "metronome-synth-"));
  try {
    const app = buildApp(environments, { ...options, app: { outdir } });
    app.synth();
    return Object.fromEntries(
      Object.keys(app.manifest.stacks).map((id) => [
        id,
        new Template(readFileSync(join(outdir, "stacks", id, "cdk.tf.json"), "utf8")),
      ]),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** The clock's stack of one environment, named `dev`. */
export function synthesizeClock(environment: EnvironmentConfig): Template {
  return synthesize({ dev: environment })["metronome-dev"] as Template;
}

/** The template of constructs in a stack of their own. */
export function synthesizeConstructs(build: (scope: Construct) => void): Template {
  return new Template(Testing.synthScope(build));
}

/** A statement of a policy. */
export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

/** The statements of a policy's JSON text. */
export function statements(policy: unknown): Statement[] {
  return (JSON.parse(String(policy)) as { Statement: Statement[] }).Statement;
}

/** A value, or values, as a list. */
export function list(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : [value].flat();
}
