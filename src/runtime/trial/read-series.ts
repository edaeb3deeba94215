import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { decodeEvent } from '../runs/decode-event.ts';
import type { TrialSeries } from '../sdk/index.ts';

/** What a run's trials logged, read from its `events.jsonl`. A trial that was started again counts with its last attempt. */
export async function readSeries(events: string): Promise<readonly TrialSeries[]> {
  const trials = new Map<string, { arm: string; seed: number; curves: Record<string, GrowingCurve> }>();
  for await (const line of createInterface({ input: createReadStream(events, 'utf8') })) {
    const decoded = decodeEvent(line);
    if (!('event' in decoded)) continue;
    const { event } = decoded;
    if (event.type === 'trial-started') {
      trials.set(event.trial, { arm: event.arm, seed: event.seed, curves: {} });
    } else if (event.type === 'points') {
      const curve = (trials.get(event.trial)!.curves[event.metric] ??= { steps: [], values: [] });
      for (const step of event.steps) curve.steps.push(step);
      for (const value of event.values) curve.values.push(Number(value));
    }
  }
  return [...trials.values()];
}

interface GrowingCurve {
  readonly steps: number[];
  readonly values: number[];
}
