/** What the program's exit code tells. */
export const exitCodes = { done: 0, failed: 1, misused: 2, stopped: 130 } as const;
