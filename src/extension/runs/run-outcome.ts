import type { Verdict } from '../../runtime/runs/events.ts';
import type { RunSummary } from '../../runtime/runs/folder.ts';

/** Icon (a product icon's name) and its theme colour for how a run stands. */
export interface OutcomeLook {
  readonly text: string;
  readonly icon: string;
  readonly color?: string;
}

/** How a run stands, in the words and signs of the tree, the lens and the card. */
export function outcomeLook({ status, verdict, error }: Pick<RunSummary, 'status' | 'verdict' | 'error'>): OutcomeLook {
  switch (status) {
    case 'starting':
      return { text: 'starting', icon: 'sync~spin' };
    case 'running':
      return { text: 'running', icon: 'sync~spin' };
    case 'stopping':
      return { text: 'stopping', icon: 'sync~spin' };
    case 'paused':
      return { text: 'paused', icon: 'debug-pause' };
    case 'completed':
      return verdict === undefined ? { text: 'completed', icon: 'circle-outline' } : verdictLook(verdict.verdict);
    case 'failed':
      return {
        text: `failed${error === undefined ? '' : `: ${firstLine(error.message)}`}`,
        icon: 'error',
        color: 'testing.iconErrored',
      };
    case 'stopped':
      return { text: 'stopped', icon: 'debug-stop', color: 'testing.iconSkipped' };
    case 'interrupted':
      return { text: 'interrupted', icon: 'debug-disconnect', color: 'testing.iconSkipped' };
    case 'unreadable':
      return { text: 'cannot be read', icon: 'warning', color: 'list.warningForeground' };
  }
}

/** The same for a verdict alone. */
export function verdictLook(verdict: Verdict['verdict']): OutcomeLook {
  switch (verdict) {
    case 'holds':
      return { text: 'the claim holds', icon: 'pass', color: 'testing.iconPassed' };
    case 'fails':
      return { text: 'the claim fails', icon: 'error', color: 'testing.iconFailed' };
    case 'inconclusive':
      return { text: 'inconclusive', icon: 'question', color: 'testing.iconQueued' };
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]!;
}
