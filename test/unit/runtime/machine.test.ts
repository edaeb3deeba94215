import fc from 'fast-check';
import assert from 'node:assert/strict';
import { jobsWithThreads } from '../../../src/runtime/runs/machine.ts';

describe('trials side by side', () => {
  const atLeastOne = fc.integer({ min: 1, max: 128 });

  it('have a core for each of their threads, but for the last one left', () => {
    fc.assert(
      fc.property(atLeastOne, fc.integer({ min: 2, max: 128 }), atLeastOne, (jobs, threads, cores) => {
        const side = jobsWithThreads(jobs, threads, cores);
        assert.ok(side >= 1 && side <= jobs);
        assert.ok(side * threads <= cores || side === 1);
        assert.ok(side === jobs || (side + 1) * threads > cores, 'one more would have had its cores');
      }),
    );
  });

  it('are as many as were asked for where each has one thread', () => {
    fc.assert(fc.property(atLeastOne, atLeastOne, (jobs, cores) => jobsWithThreads(jobs, 1, cores) === jobs));
  });
});
