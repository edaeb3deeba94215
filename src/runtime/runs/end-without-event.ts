import { wasAskedToStop } from './control-file.ts';
import type { EndWithoutEvent } from './state.ts';
import { readSummary } from './summary.ts';

/**
 * How a run ended whose process is gone and whose events do not say: as its summary says where only that could still be
 * written (a disk was full), `stopped` where a stop had been asked for, else `interrupted`.
 */
export async function endWithoutEvent(folder: string): Promise<EndWithoutEvent> {
  const summary = await readSummary(folder);
  if (summary !== undefined) {
    return { status: summary.outcome, ...(summary.error !== undefined && { error: summary.error }) };
  }
  return { status: (await wasAskedToStop(folder)) ? 'stopped' : 'interrupted' };
}
