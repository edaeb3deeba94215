import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { findUndifferentiable } from '../../../src/runtime/runs/undifferentiable.ts';
import { createWorkplace, experimentSource, type Workplace } from './built.ts';

const found = (source: string) => findUndifferentiable(source).map(({ operation, line }) => `${operation}:${line + 1}`);

describe('operations without a gradient', () => {
  it('are found where a function is differentiated, by name and line', () => {
    assert.deepEqual(found('tf.variableGrads(() =>\n  tf.sum(tf.real(\n tf.spectral.fft(x))));'), ['real:2', 'fft:3']);
    assert.deepEqual(found('optimizer.minimize(() => tf.mean(tf.image.transform(a, b)))'), ['image.transform:1']);
    assert.deepEqual(found('const f = tf.valueAndGrad((x) => { return tf.sum(tf.multinomial(x, 1)); });'), [
      'multinomial:1',
    ]);
  });

  it('are found by way of what is taken out of the engine, and as methods of tensors', () => {
    assert.deepEqual(found('const { image, real: part } = tf;\ntf.grads((x) =>\n image.transform(part(x), y));'), [
      'image.transform:3',
      'real:3',
    ]);
    assert.deepEqual(found('tf.grads((x) => tf.sum(net(x)\n.fft().abs(), tf.signal.stft(x, 8, 4)));'), [
      'fft:2',
      'stft:2',
    ]);
    assert.deepEqual(found('const { image } = page; tf.grads((x) => image.transform(x) + real(x) + fft.size);'), []);
  });

  it('are found in the functions of the source that are called there, however far away', () => {
    for (const source of [
      'const spectrum = (x: Tensor) => tf.fft(x);\ntf.grads((x) => tf.sum(spectrum(x)));',
      'const spectrum = (x: Tensor): Tensor => {\n return tf.tidy(() => tf.fft(x)); };\ntf.grads((x) => spectrum(x));',
      'const outer = x => inner(x);\nfunction inner<T extends Tensor>(x: T): Tensor {\n return tf.fft(x);\n}\ntf.grads(outer);',
      'class Net {\n forward(x: Tensor) {\n return this.inner(x); }\n inner(x: Tensor) { return tf.fft(x); } }\noptimizer.minimize(() => net.forward(x));',
      'const losses = { spectral: async (x) => tf.fft(x) };\ntf.variableGrads(() => losses.spectral(x));',
      'const loss = function (x) { return again(x); };\nconst again = (x) => (x.size > 1 ? loss(x) : tf.fft(x));\ntf.grad(loss);',
    ]) {
      const line = source.slice(0, source.indexOf('tf.fft')).split('\n').length;
      assert.deepEqual(found(source), [`fft:${line}`], source);
    }
  });

  it('are welcome in functions that no gradient calls, and where what they give is a constant of it', () => {
    for (const source of [
      'const spectrum = (x) => tf.fft(x);\ntf.grads((x) => tf.sum(x)); log(0, { power: spectrum(x) });',
      'const power = tf.fft(x);\ntf.grads((x) => tf.sum(tf.mul(x, power)));',
      'const loss = (x) => tf.sum(x), spectrum = (x) => tf.fft(x);\ntf.grads((x) => loss(x));',
      'const forward = tf.customGrad((y) => spectrum(y));\nfunction spectrum(y) { return tf.fft(y); }\ntf.grads((x) => forward(x));',
      'for (const x of xs) if (loss(x)) { tf.fft(x); }\ntf.grads((x) => loss(x));',
    ]) {
      assert.deepEqual(found(source), [], source);
    }
  });

  it('are welcome beside a gradient, in texts and comments, and where there is a gradient of their own', () => {
    for (const source of [
      'tf.variableGrads(() => tf.sum(x)); const spectrum = tf.fft(x);',
      'tf.grads((x) => tf.sum(x) /* not tf.fft(x) */ ); // tf.fft(x)',
      "tf.grads((x) => named('tf.fft(x)', `tf.fft(${x})`));",
      'tf.grads((x) => tf.customGrad((y) => tf.real(y))(x));',
      'tf.grads((x) => mytf.fftShift(x) + tf.realistic(x));',
    ]) {
      assert.deepEqual(found(source), [], source);
    }
  });

  it('are looked for in time, whatever the source', () => {
    assert.deepEqual(found(`${'grads('.repeat(2000)}${"'".repeat(2000)}`), []);
    assert.deepEqual(found(`${'f = (x) => {'.repeat(3000)} tf.grad(f)`), []);
  });

  describe('in a run', () => {
    let place: Workplace;
    beforeEach(async () => (place = await createWorkplace()));
    afterEach(() => place.clean());

    it('are told of files that the experiment imports', async () => {
      const helper = await place.write(
        'spectrum.ts',
        'type Any = any;\nexport const power = (tf: Any, x: Any) =>\n  tf.real(x);',
      );
      const trial = `
        const w = tf.variable(tf.tensor1d([1, 2]));
        tf.variableGrads(() => tf.sum(power(tf, w)));`;
      const before = `import { power } from './${basename(helper, '.ts')}';`;
      const file = await place.write('power.ts', experimentSource({ compute: 'autodiff', before, trial }));
      const { warnings } = await place.run(file, { seeds: 1 });
      assert.match(warnings[0]!, /^spectrum\.ts, line 3: no gradient flows through tf\.real/);
    });

    it('are told before the first trial, which stops at their line', async () => {
      const trial = `
        const w = tf.variable(tf.tensor1d([1, 2]));
        tf.variableGrads(() => tf.sum(tf.real(
          tf.fft(tf.complex(w, w)))));`;
      const file = await place.write('fft.ts', experimentSource({ compute: 'autodiff', trial }));
      const state = await place.run(file, { seeds: 1 });
      assert.deepEqual(
        state.warnings
          .slice(0, 3)
          .map((message) => message.slice(0, 'Line 12: no gradient flows through tf.real'.length)),
        [
          'Line 12: no gradient flows through tf.real',
          'Line 13: no gradient flows through tf.fft,',
          'Line 13: no gradient flows through tf.comp',
        ],
      );
      assert.equal(state.status, 'failed');
      assert.ok([12, 13].includes(state.error!.line!), JSON.stringify(state.error));
    });
  });
});
