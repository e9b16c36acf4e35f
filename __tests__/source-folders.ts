/** The folders that `main.ts` and what it imports are in. */
export const SOURCE_FOLDERS = ["config", "constructs", "functions", "host", "schedule", "stacks", "strategies", "tick"];
