import assert from 'node:assert/strict';
import { watchSilence, type SilenceWatch } from '../../../src/runtime/runs/silence.ts';

describe('a watch for silence', () => {
  let said: string[];
  let watch: SilenceWatch;
  beforeEach(() => {
    said = [];
    watch = watchSilence({
      interval: 10,
      onSilent: () => said.push('silent'),
      onLimit: ({ seconds, limit }) => said.push(`${seconds} of ${limit}`),
    });
    watch.begin();
  });
  afterEach(() => watch.end());

  const pass = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  /** Waits for at least so many words. */
  async function words(count: number): Promise<string[]> {
    const end = performance.now() + 10_000;
    while (said.length < count && performance.now() < end) await pass(5);
    return said;
  }

  it('tells of a job once that it says nothing, and when it has passed its limit', async () => {
    watch.stands({ seconds: 2, limit: 10 });
    assert.deepEqual(await words(2), ['silent', '11 of 10']);
    await pass(100);
    assert.equal(said.length, 2);
  });

  it('tells of a job again that goes on and falls silent only where it is another', async () => {
    watch.stands({ seconds: 0, limit: 0 });
    assert.deepEqual(await words(1), ['silent']);
    watch.heard();
    await pass(150);
    assert.deepEqual(said, ['silent']);
    watch.end();
    watch.begin();
    watch.stands({ seconds: 0, limit: 0 });
    assert.deepEqual(await words(2), ['silent', 'silent']);
  });

  it('takes a machine that slept for no silence', async () => {
    watch.stands({ seconds: 0, limit: 1 });
    // Nobody of this process can do anything meanwhile, as when the machine sleeps.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    setImmediate(() => watch.heard());
    await pass(15);
    assert.deepEqual(said, []);
  });

  it('gives a process that comes up all the time that it needs', async () => {
    await pass(150);
    assert.deepEqual(said, []);
  });
});
