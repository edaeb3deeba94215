import type { RunEvent } from '../../runs/events.ts';
import { trialName } from '../trial-name.ts';
import { csvField, csvRow } from './csv.ts';

/** The first row of a run's CSV. */
export const csvHeading = csvRow(['trial', 'arm', 'seed', 'metric', 'step', 'value']);

/**
 * A row of CSV (RFC 4180) for each point among the events, in the order in which they were written: of one trial and
 * metric that is the logged order. Numbers keep all their digits; NaN, Infinity and -Infinity stand as such.
 */
export function csvRows(events: readonly RunEvent[]): string {
  let text = '';
  for (const event of events) {
    if (event.type !== 'points') continue;
    const { arm, seed } = trialName(event.trial);
    const start = `${[event.trial, arm, String(seed), event.metric].map(csvField).join(',')},`;
    event.steps.forEach((step, index) => {
      text += `${start}${step},${event.values[index]!}\r\n`;
    });
  }
  return text;
}
