import assert from 'node:assert/strict';
import { createRng } from 'marginalia';
import experiment, {
  autocorrelation,
  createNetwork,
  curriculumHeads,
  judge,
  learn,
  run,
} from '../../../snippets/curriculum/rnn-timescale-curriculum/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';

const digitsOf = (seed: number, count: number) => {
  const rng = createRng('digits', seed);
  return Uint8Array.from({ length: count }, () => rng.int(0, 2));
};

describe('rnn-timescale-curriculum', () => {
  it('trains the newest head, or all so far', () => {
    assert.deepEqual(curriculumHeads('single', 5), [5]);
    assert.deepEqual(curriculumHeads('multi', 5), [2, 3, 4, 5]);
    assert.deepEqual(curriculumHeads('multi', 2), curriculumHeads('single', 2));
  });

  it('goes back through time with the gradient that finite differences give, of every parameter', () => {
    const network = createNetwork(createRng('gradient', 1), 4, 3, 0.003);
    const { recurrent, input, tau, heads } = network;
    const digits = digitsOf(1, 3 * 6);
    const lossOf = () => learn(network, digits, 3, [2, 3]).loss;
    const slopes = learn(network, digits, 3, [2, 3]);
    const check = (found: number, lossAt: (by: number) => number, what: string) => {
      const slope = (lossAt(1e-3) - lossAt(-1e-3)) / 2e-3;
      assert.ok(Math.abs(slope - found) < 5e-4, `${what}: ${found}, by differences ${slope}`);
    };
    for (const [name, list, found] of [
      ['W^I', input, slopes.input],
      ['tau', tau, slopes.tau],
    ] as const) {
      list.forEach((value, i) => {
        const lossAt = (by: number) => {
          list[i] = value + by;
          return lossOf();
        };
        check(found[i]!, lossAt, `${name} ${i}`);
        list[i] = value;
      });
    }
    for (const [name, layer, found] of [
      ['W', recurrent, slopes.recurrent],
      ['head 2', heads.get(2)!, slopes.heads[0]!],
      ['head 3', heads.get(3)!, slopes.heads[1]!],
    ] as const) {
      const values = layer.readParameters();
      values.forEach((_, i) => {
        const lossAt = (by: number) => {
          layer.writeParameters(values.map((value, j) => value + (i === j ? by : 0)));
          return lossOf();
        };
        check(found[i]!, lossAt, `${name} ${i}`);
      });
      layer.writeParameters(values);
    }
    assert.ok(Math.max(...slopes.tau.map(Math.abs)) > 2e-3, 'there is something to check');
  });

  it('has units that take a constant input in by their leak alone where nothing recurs', () => {
    const network = createNetwork(createRng('leak', 1), 1, 2, 0.003);
    network.recurrent.writeParameters([0, 0]);
    network.input[0] = 1;
    network.tau[0] = 4;
    const { activity } = run(network, Uint8Array.of(1, 1, 1, 1, 1, 1), 1);
    // r(t) = 1 - (3/4)^t, for an input of 1 from rest.
    for (let t = 0; t <= 6; t++) assert.ok(Math.abs(activity[t]! - (1 - 0.75 ** t)) < 1e-6);
  });

  it('judges a head by the parity of the last N digits of its own sequence, from the N-th on', () => {
    const network = createNetwork(createRng('parity', 1), 2, 3, 0.003);
    const head = network.heads.get(3)!;
    head.writeParameters([0, 0, 5]);
    const digits = digitsOf(2, 2 * 200);
    const { activity } = run(network, digits, 2);
    let odd = 0;
    for (let at = 4; at < digits.length; at++) odd += (digits[at]! + digits[at - 2]! + digits[at - 4]!) % 2;
    // A head that always says 1 is right as often as the parity is 1.
    const { accuracy, loss } = judge(head, 3, activity, digits, 2);
    assert.ok(Math.abs(accuracy - odd / 396) < 1e-12);
    const expected = (odd * Math.log1p(Math.exp(-5)) + (396 - odd) * Math.log1p(Math.exp(5))) / 400;
    assert.ok(Math.abs(loss - expected) < 1e-5);
  });

  it('finds the autocorrelation of a leaky average of noise, which falls by 1 - 1 / tau a step', () => {
    const network = createNetwork(createRng('lags', 1), 1, 2, 0.003);
    // A bias keeps the unit above 0, where it is linear.
    network.recurrent.writeParameters([0, 3]);
    network.input[0] = 1;
    network.tau[0] = 2;
    const { activity } = run(network, digitsOf(3, 20_000), 1);
    const found = autocorrelation(activity.subarray(100), 1, [0, 1, 3]);
    [1, 0.5, 0.125].forEach((expected, i) => assert.ok(Math.abs(found[i]! - expected) < 0.03, `${found[i]}`));
  });

  it('loses its claim where the other curriculum, or none, stands in for the method', async () => {
    const short = { n_max: 5, hidden: 16, max_updates: 150 };
    const records = await shortRun(experiment, short, { seeds: [0, 1] });
    assertSound(experiment, records);
    for (const by of ['single', 'none']) {
      assert.equal(verdictWith(experiment, records, { of: 'multi', by }), 'fails', by);
    }
  });
});
