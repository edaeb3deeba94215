import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import type { Outcome, RunError, Verdict } from './events.ts';
import { encodeJson } from './json.ts';
import { replaceFile } from './replace-file.ts';
import { runFiles } from './run-files.ts';
import { runErrorSchema, verdictSchema } from './schemas.ts';

const schema = v.object({
  version: v.literal(1),
  outcome: v.picklist(['completed', 'failed', 'stopped']),
  seconds: v.number(),
  share: v.number(),
  verdict: v.exactOptional(verdictSchema),
  error: v.exactOptional(runErrorSchema),
});

/** `summary.json`: how a run ended. */
export interface Summary {
  readonly version: 1;
  readonly outcome: Outcome;
  readonly seconds: number;
  /** 0 to 1 over all trials. */
  readonly share: number;
  readonly verdict?: Verdict;
  readonly error?: RunError;
}

export function writeSummary(folder: string, summary: Summary): void {
  replaceFile(runFiles(folder).summary, encodeJson(summary));
}

/** The summary of a run that has ended; `undefined` where there is none or it cannot be read. */
export async function readSummary(folder: string): Promise<Summary | undefined> {
  try {
    const result = v.safeParse(schema, JSON.parse(await readFile(runFiles(folder).summary, 'utf8')));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}
