import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { decodeEvent } from '../runs/decode-event.ts';
import type { TrialSeries } from '../sdk/index.ts';

/**
 * What a run's trials logged, read from its `events.jsonl`. A trial that was started again counts with its last attempt,
 * which may have gone on from a checkpoint of an earlier one.
 */
export async function readSeries(events: string): Promise<readonly TrialSeries[]> {
  const trials = new Map<string, GrowingTrial>();
  for await (const line of createInterface({ input: createReadStream(events, 'utf8') })) {
    const decoded = decodeEvent(line);
    if (!('event' in decoded)) continue;
    const { event } = decoded;
    if (event.type === 'trial-started') {
      const before = event.checkpoint === undefined ? undefined : trials.get(event.trial);
      if (before === undefined) {
        trials.set(event.trial, { arm: event.arm, seed: event.seed, curves: {}, checkpoints: new Map() });
      } else {
        cutBack(before, event.checkpoint!);
      }
    } else if (event.type === 'checkpoint') {
      const trial = trials.get(event.trial);
      const lengths = Object.entries(trial?.curves ?? {}).map(([metric, { steps }]) => [metric, steps.length] as const);
      trial?.checkpoints.set(event.number, new Map(lengths));
    } else if (event.type === 'points') {
      const trial = trials.get(event.trial);
      if (trial === undefined) continue;
      const curve = (trial.curves[event.metric] ??= { steps: [], values: [] });
      for (const step of event.steps) curve.steps.push(step);
      for (const value of event.values) curve.values.push(Number(value));
    }
  }
  return [...trials.values()].map(({ arm, seed, curves }) => ({ arm, seed, curves }));
}

interface GrowingTrial {
  readonly arm: string;
  readonly seed: number;
  readonly curves: Record<string, { readonly steps: number[]; readonly values: number[] }>;
  /** By number: how many points each metric had then. */
  readonly checkpoints: Map<number, ReadonlyMap<string, number>>;
}

function cutBack({ curves, checkpoints }: GrowingTrial, checkpoint: number): void {
  const lengths = checkpoints.get(checkpoint);
  for (const [metric, { steps, values }] of Object.entries(curves)) {
    steps.length = values.length = lengths?.get(metric) ?? 0;
  }
}
