import type { Host } from '../host.ts';
import { relativeTime } from '../relative-time.ts';
import { outcomeLook } from '../runs/run-outcome.ts';
import { equationsOf } from './equations.ts';
import { paperCard, type LatestRun } from './paper-card.ts';
import { currentTheme } from './theme.ts';

/** The card of the paper with this citation key, in the colours of the current theme; nothing where it left the corpus. */
export async function cardOf(host: Host, key: string): Promise<string | undefined> {
  const { corpus } = await host.library.current();
  const paper = corpus.paper(key);
  if (paper === undefined) return undefined;
  const method = corpus.methodOf(paper);
  return paperCard(paper, {
    method,
    equations: method === undefined ? [] : await equationsOf(host.distribution, method.id),
    theme: currentTheme(),
    latestRun: latestRun(host, key),
  });
}

/** Says nothing until the window's runs are known: a card must not wait for the disk. */
function latestRun(host: Host, key: string): LatestRun | undefined {
  const run = host.openedRuns?.list().find(({ record }) => record?.experiment.description.paper === key);
  if (run === undefined) return undefined;
  return { id: run.id, outcome: outcomeLook(run).text, when: relativeTime(run.created) };
}
