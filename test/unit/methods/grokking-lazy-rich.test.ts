import assert from 'node:assert/strict';
import { createRng, type TrialRecord } from 'marginalia';
import experiment, {
  errorsOf,
  featuresOf,
  gradient,
  kernelDrift,
  lazyScaledStep,
  learnt,
  newModel,
  testLoss,
  type Model,
} from '../../../snippets/learning-theory/grokking-lazy-rich/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';

const [dim, width, alpha, epsilon] = [4, 6, 1.7, 0.6];

/** The model's output unit by unit, as the paper writes it; with frozen features its tangent at the first weights. */
function outputByUnits({ w, w0, frozen }: Model, x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < width; i++) {
    const dot = (weights: Float64Array) =>
      x.reduce((total, value, j) => total + value * weights[i * dim + j]!, 0) / Math.sqrt(dim);
    const phi = (h: number) => h + (epsilon / 2) * h * h;
    const [h, h0] = [dot(w), dot(w0)];
    sum += frozen ? (1 + epsilon * h0) * (h - h0) : phi(h) - phi(h0);
  }
  return (alpha / width) * sum;
}

function movedModel(frozen: boolean): Model {
  const model = newModel(createRng('weights', 3), 2, { alpha, epsilon, width, dim, frozen });
  const rng = createRng('moves', 3);
  for (let i = 0; i < model.w.length; i++) model.w[i]! += rng.normal(0, 0.5);
  return model;
}

describe('grokking-lazy-rich', () => {
  const rng = createRng('inputs', 0);
  const x = Float64Array.from({ length: 7 * dim }, () => rng.normal());
  const features = featuresOf(x, dim);

  for (const frozen of [false, true]) {
    const kind = frozen ? 'linearised' : 'whole';

    it(`has the outputs of its units, from moments alone (${kind} model)`, () => {
      const model = movedModel(frozen);
      errorsOf(x, featuresOf(x, dim), learnt(model), dim).forEach((error, p) => {
        const input = x.subarray(p * dim, (p + 1) * dim);
        const expected = outputByUnits(model, input) - input[0]! ** 2 / 2;
        assert.ok(Math.abs(error - expected) < 1e-10, `${error} ${expected}`);
      });
    });

    it(`has the gradient that finite differences of its loss have (${kind} model)`, () => {
      const model = movedModel(frozen);
      const errorsNow = () => errorsOf(x, features, learnt(model), dim);
      const loss = () => errorsNow().reduce((sum, error) => sum + error ** 2, 0) / (2 * 7);
      const slopes = gradient(model, features, errorsNow());
      slopes.forEach((slope, i) => {
        const old = model.w[i]!;
        const at = (value: number) => {
          model.w[i] = value;
          return loss();
        };
        const expected = (at(old + 1e-5) - at(old - 1e-5)) / 2e-5;
        model.w[i] = old;
        assert.ok(Math.abs(slope - expected) < 1e-7, `${slope} ${expected}`);
      });
    });

    it(`has the test loss of an average over many inputs (${kind} model)`, () => {
      const theta = learnt(movedModel(frozen));
      const draws = createRng('test inputs', 1);
      const many = Float64Array.from({ length: 60_000 * dim }, () => draws.normal());
      const errors = errorsOf(many, featuresOf(many, dim), theta, dim);
      const average = errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length;
      assert.ok(Math.abs(testLoss(theta, dim) / average - 1) < 0.05, `${testLoss(theta, dim)} ${average}`);
    });
  }

  it('lets the loss begin to fall as fast for every output scale', () => {
    const falls = [0.5, 8].map((scale) => {
      const model = newModel(createRng('weights', 4), 1, { alpha: scale, epsilon, width, dim, frozen: false });
      const loss = () => {
        const errors = errorsOf(x, features, learnt(model), dim);
        return { errors, value: errors.reduce((sum, error) => sum + error ** 2, 0) };
      };
      const before = loss();
      lazyScaledStep(model.w, gradient(model, features, before.errors), 1e-4, width, scale);
      return before.value - loss().value;
    });
    assert.ok(falls[0]! > 0 && Math.abs(falls[0]! / falls[1]! - 1) < 1e-3, falls.join(' '));
  });

  it('measures no drift of the kernel where nothing has moved, and the same as kernels from units', () => {
    const model = movedModel(false);
    const still = { ...model, w: model.w0 };
    assert.ok(Math.abs(kernelDrift(still, x)) < 1e-12);
    const kernel = (weights: Float64Array) =>
      Array.from({ length: 49 }, (_, cell) => {
        const [a, b] = [Math.floor(cell / 7), cell % 7].map((p) => x.subarray(p * dim, (p + 1) * dim));
        const slope = (input: Float64Array, i: number) =>
          1 + (epsilon * input.reduce((sum, value, j) => sum + value * weights[i * dim + j]!, 0)) / Math.sqrt(dim);
        const product = a!.reduce((sum, value, j) => sum + value * b![j]!, 0) / dim;
        let sum = 0;
        for (let i = 0; i < width; i++) sum += slope(a!, i) * slope(b!, i);
        return (sum / width) * product;
      });
    const [now, first] = [kernel(model.w), kernel(model.w0)];
    const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
    const expected = 1 - dot(now, first) / Math.sqrt(dot(now, now) * dot(first, first));
    assert.ok(Math.abs(kernelDrift(model, x) - expected) < 1e-10);
  });

  describe('in short form', () => {
    let records: readonly TrialRecord[];
    before(async () => {
      records = await shortRun(experiment, { dim: 10, width: 20, train_points: 40, steps: 1000 }, { seeds: [0, 1] });
    });

    it('logs finite metrics and draws what was learnt', () => {
      assertSound(experiment, records);
      assert.ok(records.every(({ figures }) => figures.learnt!.layers[0]?.type === 'heatmap'));
    });

    it('moves the kernel the less the larger the output scale, and not at all where it is frozen', () => {
      const drift = (arm: string) =>
        records.find(({ series }) => series.arm === arm)!.series.curves.kernel_drift!.values.at(-1)!;
      assert.ok(drift('rich') > drift('between') && drift('between') > drift('lazy') && drift('lazy') > 0);
      assert.equal(drift('frozen'), 0);
    });

    it('loses its claim where a small scale, frozen features or a kernel that suits the target stands in', () => {
      for (const by of ['rich', 'between', 'frozen', 'aligned', 'enough_data']) {
        assert.equal(verdictWith(experiment, records, { of: 'lazy', by }), 'fails', by);
      }
    });
  });
});
