import fc from 'fast-check';
import assert from 'node:assert/strict';
import { defaultJobs, defaultMemory, jobsWithThreads } from '../../../src/runtime/runs/machine.ts';

describe('trials side by side', () => {
  it('are as many as there are cores up to two, else one less, where nobody says', () => {
    assert.deepEqual([1, 2, 3, 4, 16].map(defaultJobs), [1, 2, 2, 3, 15]);
  });

  it('share three quarters of the memory where nobody says, within bounds', () => {
    assert.equal(defaultMemory(8000, 2), 3000);
    assert.equal(defaultMemory(64_000, 2), 4096);
    assert.equal(defaultMemory(2000, 8), 512);
  });

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
