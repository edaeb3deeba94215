import assert from 'node:assert/strict';
import { createWorkplace, experimentSource, type Workplace } from './built.ts';

/** Line 11 of the experiment is the one that fails, in each arm another way; the text is part of what is said. */
const mistakes = [
  ['tf.add(tf.ones([2]), tf.ones([3]));', /shapes?:? .*2.*3/],
  ['tf.matMul(tf.ones([2, 3]), tf.ones([2, 3]));', /matMul|[Ii]n\[0\]/],
  ['tf.reshape(tf.ones([4]), [3]);', /3/],
  ['const x = tf.ones([4]); x.dispose(); tf.add(x, x);', /disposed of.*tf\.keep/],
  ['tf.grad((x) => tf.sum(tf.concat([x, tf.ones([2, 2])])))(tf.ones([3]));', /rank/i],
] as const;

describe('a mistake with tensors', function () {
  // The libraries of native TensorFlow are large: a first start may read them from a slow disk.
  this.timeout(120_000);
  let place: Workplace;
  beforeEach(async () => (place = await createWorkplace()));
  afterEach(() => place.clean());

  for (const backend of ['cpu', 'wasm', 'tensorflow'] as const) {
    it(`is told in words and at its line on ${backend}`, async () => {
      const lines = mistakes.map(([code], i) => `  if (seed === ${i}) {\n${code}\n  }`);
      const file = await place.write('wrong.ts', experimentSource({ trial: lines.join('\n'), compute: 'autodiff' }));
      const { trials } = await place.run(file, { backend, seeds: mistakes.length, arms: ['fast'] });
      assert.equal(trials.length, mistakes.length);
      for (const [i, { error }] of trials.entries()) {
        assert.match(error!.message, mistakes[i]![1]);
        assert.doesNotMatch(error!.message, /TF_Status|undefined/);
        assert.deepEqual([error!.file, error!.line], [file, 11 + 3 * i], error!.message);
      }
    });
  }
});
