/** The stacks of an environment that have a state. */
export const STACKS = ["clock", "state", "ci"] as const;
export type Stack = (typeof STACKS)[number];
