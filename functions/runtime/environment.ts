/** An environment variable that the stack may have set; undefined if it has not. */
export function optional(name: string): string | undefined {
  return process.env[name] || undefined;
}

/**
 * An environment variable that the stack must have set.
 *
 * @throws Error naming the variable if it is missing or empty.
 */
export function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`environment variable ${name} is not set: the stack that deploys this function sets it`);
  return value;
}
