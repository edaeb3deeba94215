import assert from 'node:assert/strict';
import { createWorkplace, experimentSource, type Workplace } from './built.ts';

describe('operations that an engine leaves to the plain one', () => {
  let place: Workplace;
  beforeEach(async () => (place = await createWorkplace()));
  afterEach(() => place.clean());

  const copying = `
    const x = tf.tensor2d([[1, 2], [3, 4]]);
    for (let step = 0; step < 4; step++) {
      const loss = tf.tidy(() => tf.sum(tf.einsum('ij,jk->ik', x, x)).dataSync()[0]!);
      log(step, { loss });
    }
    x.dispose();`;

  it('are named in one warning a run, however many trials use them', async () => {
    const file = await place.write('einsum.ts', experimentSource({ compute: 'linalg', trial: copying }));
    const state = await place.run(file, { backend: 'wasm', seeds: 2, jobs: 2 });
    assert.equal(state.status, 'completed', state.error?.message);
    const told = state.warnings.filter((warning) => warning.includes('plain engine'));
    assert.equal(told.length, 1, told.join('; '));
    assert.match(told[0]!, /^(fast|slow)#\d: 'wasm' leaves to the plain engine: Einsum\. The tensors are copied/);
  });

  it('are named also where a trial logs only once', async () => {
    const trial = copying.replace('step < 4', 'step < 1');
    const file = await place.write('once.ts', experimentSource({ compute: 'linalg', trial }));
    const state = await place.run(file, { backend: 'wasm', seeds: 1, jobs: 1 });
    assert.equal(state.warnings.filter((warning) => warning.includes('plain engine: Einsum.')).length, 1);
  });

  it('are nothing to tell of on the plain engine itself', async () => {
    const file = await place.write('plain.ts', experimentSource({ compute: 'linalg', trial: copying }));
    const state = await place.run(file, { backend: 'cpu', seeds: 1, jobs: 1 });
    assert.deepEqual(
      state.warnings.filter((warning) => warning.includes('copied')),
      [],
    );
  });
});
