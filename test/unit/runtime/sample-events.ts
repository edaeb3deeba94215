import fc from 'fast-check';
import type { RunEvent } from '../../../src/runtime/runs/events.ts';
import { provisionalRecord } from '../../../src/runtime/runs/provisional-record.ts';
import type { RunRecord } from '../../../src/runtime/runs/record.ts';

/** A record of two arms and two seeds. */
export const sampleRecord: RunRecord = {
  ...provisionalRecord('20260314-150926-rex-5a1f'),
  arms: ['fast', 'slow'],
  seeds: [0, 1],
};

const trial = fc.constantFrom('fast#0', 'slow#0', 'fast#1', 'slow#1');
const text = fc.string({ unit: 'grapheme', maxLength: 30 });
const number = fc.double();
const list = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 5 });
const outcome = fc.constantFrom('completed' as const, 'failed' as const, 'stopped' as const);
const error = fc.record({
  kind: fc.constantFrom('exception' as const, 'memory' as const),
  message: text,
  line: fc.nat(),
});
const ending = { outcome, seconds: fc.double({ min: 0, max: 1e6, noNaN: true }), error };
const at = fc.nat();

/** Events as a run writes them, but for an order that makes sense. */
export const anyEvent: fc.Arbitrary<RunEvent> = fc.oneof(
  fc.record({ at, type: fc.constant('started' as const), pid: fc.nat() }),
  fc
    .record({ at, type: fc.constant('trial-started' as const), trial, pid: fc.nat() })
    .map((event) => ({ ...event, arm: event.trial.slice(0, 4), seed: Number(event.trial.slice(5)) })),
  fc.array(fc.tuple(fc.nat(), number), { maxLength: 6 }).chain((points) =>
    fc.record({
      at,
      type: fc.constant('points' as const),
      trial,
      metric: fc.constantFrom('loss', 'error'),
      steps: fc.constant(points.map(([step]) => step)),
      values: fc.constant(points.map(([, value]) => value)),
    }),
  ),
  fc.record({
    at,
    type: fc.constant('figure' as const),
    trial,
    name: text,
    figure: fc.record({
      title: text,
      x: fc.record({ label: text, min: number }),
      y: fc.record({ label: text, scale: fc.constant('log' as const) }),
      layers: fc.array(
        fc.oneof(
          fc.record({ type: fc.constant('line' as const), x: fc.array(number), y: list, label: text }),
          fc.record({ type: fc.constant('heatmap' as const), values: fc.array(fc.array(number)), label: text }),
        ),
        { maxLength: 2 },
      ),
    }),
  }),
  fc.record({ at, type: fc.constant('progress' as const), trial, share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({ at, type: fc.constant('trial-ended' as const), trial, ...ending }),
  fc.record({ at, type: fc.constant('warning' as const), message: text, trial }),
  fc.record({ at, type: fc.constantFrom('stopping' as const, 'paused' as const, 'resumed' as const) }),
  fc.record({ at, type: fc.constant('ended' as const), ...ending }),
);
