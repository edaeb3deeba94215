import { compareRuns } from '../../runtime/comparison/compare-runs.ts';
import { comparisonMarkdown } from '../../runtime/comparison/comparison-table.ts';
import { readRun } from '../../runtime/runs/folder.ts';
import type { Runs } from './runs.ts';

/** The page for runs of these ids; one that is gone is named. */
export async function comparisonText(runs: Runs, ids: readonly string[]): Promise<string> {
  const found = ids.map((id) => runs.get(id)).filter((run) => run !== undefined);
  const gone = ids.filter((id) => runs.get(id) === undefined);
  if (found.length === 0) return 'None of these runs is in this window’s folders any more.\n';
  const states = await Promise.all(
    found.map(async ({ id, folder, name }) => ({ id, name, state: await readRun(folder, 'drawn') })),
  );
  const left = gone.length === 0 ? '' : `Not in this window’s folders any more: ${gone.join(', ')}.\n`;
  return comparisonMarkdown(compareRuns(states)) + left;
}
