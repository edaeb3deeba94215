import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createRng, type TrialRecord } from 'marginalia';
import experiment, { fedHyperG, splitByLabel } from '../../../snippets/federated/fedhyper/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';

describe('fedhyper', () => {
  const number = fc.double({ min: -2, max: 2, noNaN: true });

  it('moves the rate by minus the derivative of the next loss with respect to the last rate', () => {
    // On a quadratic loss with one local step of size 1 the update is the gradient itself.
    const curvatures = [0.3, 1.1, 0.7];
    const gradient = (w: readonly number[]) => w.map((value, i) => curvatures[i]! * value);
    const loss = (w: readonly number[]) => w.reduce((sum, value, i) => sum + (curvatures[i]! * value ** 2) / 2, 0);
    fc.assert(
      fc.property(number, number, number, fc.double({ min: 0.5, max: 1.5, noNaN: true }), (a, b, c, alpha) => {
        const before = [a, b, c];
        const last = gradient(before);
        const after = (rate: number) => before.map((value, i) => value - rate * last[i]!);
        const now = gradient(after(alpha));
        const slope = (loss(after(alpha + 1e-5)) - loss(after(alpha - 1e-5))) / 2e-5;
        const rate = fedHyperG(alpha, Float32Array.from(now), Float32Array.from(last), 100);
        assert.ok(Math.abs(rate - Math.max(alpha - slope, 0.01)) < 1e-4, `${rate} ${alpha} ${slope}`);
      }),
    );
  });

  it('keeps its rate in the first round, and always within its bounds', () => {
    assert.equal(fedHyperG(1.3, Float32Array.of(5), null, 5), 1.3);
    assert.equal(fedHyperG(1, Float32Array.of(5), Float32Array.of(5), 5), 5);
    assert.equal(fedHyperG(1, Float32Array.of(5), Float32Array.of(-5), 5), 0.2);
  });

  it('gives every image to one client but those of clients that are too small', () => {
    const rng = createRng('fedhyper test', 0);
    const labels = Uint8Array.from({ length: 1000 }, () => rng.int(0, 10));
    for (const concentration of [0.1, 1, 100]) {
      const parts = splitByLabel(labels, 10, concentration, rng);
      const all = parts.flat();
      assert.equal(new Set(all).size, all.length);
      assert.ok(parts.every(({ length }) => length >= 5) && all.length >= 1000 - 4 * (10 - parts.length));
    }
  });

  it('splits each class with the variance of a Dirichlet distribution', () => {
    const rng = createRng('fedhyper test', 1);
    const [clients, concentration, images] = [5, 0.5, 2000];
    const shares: number[] = [];
    for (let i = 0; i < 200; i++) {
      const parts = splitByLabel(new Uint8Array(images), clients, concentration, rng);
      const found = parts.map(({ length }) => length / images);
      shares.push(...found, ...Array.from({ length: clients - found.length }, () => 0));
    }
    const variance = shares.reduce((sum, share) => sum + (share - 1 / clients) ** 2, 0) / shares.length;
    const expected = ((1 / clients) * (1 - 1 / clients)) / (clients * concentration + 1);
    assert.ok(Math.abs(variance / expected - 1) < 0.15, `${variance} ${expected}`);
  });

  describe('in short form', () => {
    let records: readonly TrialRecord[];
    const short = { rounds: 5, beta0: 0.03 };
    before(async () => {
      records = await shortRun(experiment, short, { seeds: [0, 1] });
    });
    const curvesOf = (arm: string) => records.find(({ series }) => series.arm === arm)!.series.curves;

    it('logs finite metrics and draws what the clients have', () => {
      assertSound(experiment, records);
      assert.ok(records.every(({ figures }) => figures.clients!.layers[0]?.type === 'heatmap'));
    });

    it('is FedAvg in the first round, and raises its rate by the agreement of updates after it', () => {
      const [fedavg, g, sl] = [curvesOf('fedavg'), curvesOf('fedhyper_g'), curvesOf('fedhyper_sl')];
      assert.equal(g.accuracy!.values[0], fedavg.accuracy!.values[0]);
      assert.equal(sl.accuracy!.values[0], fedavg.accuracy!.values[0]);
      for (const round of [1, 2, 3]) {
        const change = g.global_rate!.values[round]! - g.global_rate!.values[round - 1]!;
        assert.ok(Math.abs(change - g.agreement!.values[round]!) < 1e-6);
        const factor = sl.local_rate!.values[round]! - sl.local_rate!.values[round - 1]!;
        assert.ok(Math.abs(factor - sl.agreement!.values[round - 1]!) < 1e-6);
      }
    });

    it('loses its claim where FedAvg, or the rule with the wrong sign, stands in for the method', () => {
      for (const by of ['fedavg', 'reversed']) {
        assert.equal(verdictWith(experiment, records, { of: 'fedhyper_g', by }), 'fails');
      }
    });
  });
});
