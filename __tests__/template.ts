import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TerraformStack, Testing } from "cdktf";

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
    readonly removed?: readonly object[];
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

/** The template of a stack. */
export function synthesizeStack(build: (stack: TerraformStack) => void, id = "stack"): Template {
  // cdktf's own choice of an output directory would be left behind.
  const outdir = mkdtempSync(join(tmpdir(), "metronome-stack-"));
  try {
    const stack = new TerraformStack(Testing.app({ outdir }), id);
    build(stack);
    return new Template(Testing.synth(stack));
  } finally {
    rmSync(outdir, { recursive: true });
  }
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
