/** Longest invocation of the Iterator in s: the lead of a second, the tries of a dispatch, a cold start, and room. */
export const ITERATOR_TIMEOUT_S = 15;

/** The duplicate check. Memory in MB, timeout in s. */
export const DUPLICATE_CHECK = { memory: 256, timeout: 10 } as const;
