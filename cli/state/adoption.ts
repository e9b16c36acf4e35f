/** A resource that may exist without being in the state, and the id under which Terraform imports it. */
export interface Candidate {
  /** Such as `aws_iam_role.loop_role`. */
  readonly address: string;
  readonly importId: string;
}

/** What importing a candidate would do, as Terraform's plan has it. */
export interface Found extends Candidate {
  /** Whether it has this environment's tags: another resource may have its name. */
  readonly ours: boolean;
  /** Whether the next deploy changes or replaces it: `no-op`, `update`, `delete, create` … */
  readonly actions: string;
}

/** The account and region in which the names are unique. */
export interface Scope {
  readonly account: string;
  readonly region: string;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * The resources whose creation fails if one of their name exists, and the ids for their import. Creating any other
 * resource of these stacks succeeds if it exists (queues, topics, rules, policies), or it has no name.
 */
const IMPORT_IDS: Readonly<Record<string, (fields: Fields, scope: Scope) => unknown>> = {
  aws_cloudwatch_log_group: ({ name }) => name,
  aws_dynamodb_table: ({ name }) => name,
  aws_iam_openid_connect_provider: ({ url }, { account }) =>
    `arn:aws:iam::${account}:oidc-provider/${String(url).replace("https://", "")}`,
  aws_iam_policy: ({ name }, { account }) => `arn:aws:iam::${account}:policy/${name}`,
  aws_iam_role: ({ name }) => name,
  aws_lambda_function: ({ function_name }) => function_name,
  aws_s3_bucket: ({ bucket }) => bucket,
  aws_sfn_state_machine: ({ name }, { account, region }) => `arn:aws:states:${region}:${account}:stateMachine:${name}`,
};

/**
 * The resources of a synthesized stack that are not in its state and whose creation would fail if they existed.
 *
 * @param template the text of `cdk.tf.json`.
 * @param recorded addresses of what is in the state.
 */
export function candidates(template: string, recorded: readonly string[], scope: Scope): Candidate[] {
  const { resource = {} } = JSON.parse(template) as { resource?: Record<string, Record<string, Fields>> };
  return Object.entries(IMPORT_IDS).flatMap(([type, importId]) =>
    Object.entries(resource[type] ?? {})
      .map(([name, fields]) => ({ address: `${type}.${name}`, importId: importId(fields, scope) }))
      .filter(
        (one): one is Candidate =>
          typeof one.importId === "string" && !one.importId.includes("${") && !recorded.includes(one.address),
      ),
  );
}

/** A file for the stack's directory with which Terraform plans the import of candidates. */
export function importBlocks(of: readonly Candidate[]): string {
  return JSON.stringify({ import: of.map(({ address, importId }) => ({ to: address, id: importId })) });
}

/** Errors of a plan: the addresses of what does not exist, and all others as text. */
export interface PlanErrors {
  readonly absent: readonly string[];
  readonly others: readonly string[];
}

/** Reads the errors from the lines of `terraform plan -json`. */
export function planErrors(lines: readonly string[]): PlanErrors {
  const errors = lines.flatMap((line) => {
    if (!line.startsWith("{")) return [];
    const { diagnostic } = JSON.parse(line) as { diagnostic?: { severity: string; summary: string; detail: string } };
    return diagnostic?.severity === "error" ? [diagnostic] : [];
  });
  const absence = errors.map(({ summary, detail }) =>
    summary === "Cannot import non-existent remote object" ? /object to\s+"([^"]+)"/.exec(detail)?.[1] : undefined,
  );
  return {
    absent: absence.filter((address) => address !== undefined),
    others: errors.filter((_, k) => absence[k] === undefined).map(({ summary, detail }) => `${summary}\n${detail}`),
  };
}

/**
 * What a plan with import blocks would import.
 *
 * @param plan the text of `terraform show -json`.
 * @param tags the tags of all that is this environment's.
 */
export function foundIn(plan: string, tags: Readonly<Record<string, string>>): Found[] {
  const { resource_changes = [] } = JSON.parse(plan) as {
    resource_changes?: {
      address: string;
      change: { actions: string[]; importing?: { id: string }; before?: { tags_all?: Record<string, string> } | null };
    }[];
  };
  return resource_changes.flatMap(({ address, change }) => {
    if (!change.importing) return [];
    const has = change.before?.tags_all ?? {};
    const ours = Object.entries(tags).every(([key, value]) => has[key] === value);
    return [{ address, importId: change.importing.id, ours, actions: change.actions.join(", ") }];
  });
}
