/** The latency analyser. Memory in MB, timeout in s. */
export const ANALYSER = { memory: 128, timeout: 10 } as const;
