/** What `docs/verdicts.md` and its pictures should be, by their paths in the repository. */
export function verdictPages(): Map<string, string>;
