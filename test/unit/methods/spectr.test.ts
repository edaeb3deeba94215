import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { TrialRecord } from 'marginalia';
import experiment, {
  kSeqAcceptance,
  kSeqRho,
  kSeqSelect,
  transportOptimum,
} from '../../../snippets/systems/spectr/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';
import { stepLaw } from './step-law.ts';

const size = 3;

/** Laws over three tokens that may leave tokens out, but not every token of one another. */
const law = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.nat(9), fc.nat(9))
  .map((parts) => parts.map((part) => part / parts.reduce((a, b) => a + b)));

const drafts = fc.integer({ min: 1, max: 3 });

/** Every list of `k` tokens. */
function tuples(k: number): number[][] {
  if (k === 0) return [[]];
  return tuples(k - 1).flatMap((rest) => Array.from({ length: size }, (_, token) => [...rest, token]));
}

/** The exact law of what is emitted, and the chance that it was accepted, over all drafts and all uniform numbers. */
function emittedLaw(p: number[], q: number[], k: number, rho?: number): { emitted: number[]; accepted: number } {
  const emitted = new Array<number>(size).fill(0);
  let accepted = 0;
  for (const tried of tuples(k)) {
    /** What comes of it when the first drafts are refused and the next number is given. */
    const after = (refused: number, next: number) => {
      const numbers = [...new Array<number>(refused).fill(1 - 2 ** -53), next];
      let used = 0;
      return { ...kSeqSelect(p, q, tried, () => numbers[used++] ?? 1 - 2 ** -53, rho), used };
    };
    let left = tried.reduce((product, token) => product * p[token]!, 1);
    for (const [i, token] of tried.entries()) {
      const [accept] = stepLaw((uniform) => Number(after(i, uniform).used > i + 1), 2);
      emitted[token]! += left * accept!;
      accepted += left * accept!;
      left *= 1 - accept!;
    }
    const replaced = left > 0 ? stepLaw((uniform) => after(k, uniform).token, size) : [];
    for (const [token, share] of replaced.entries()) emitted[token]! += left * share;
  }
  return { emitted, accepted };
}

const distance = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / 2;

/** The greatest flow from lists of drafts to tokens among them, by augmenting along shortest paths. */
function greatestFlow(p: readonly number[], q: readonly number[], k: number): number {
  const lists = tuples(k);
  const [source, sink] = [lists.length + size, lists.length + size + 1];
  const capacity = Array.from({ length: sink + 1 }, () => new Float64Array(sink + 1));
  for (const [i, list] of lists.entries()) {
    capacity[source]![i] = list.reduce((product, token) => product * p[token]!, 1);
    for (const token of list) capacity[i]![lists.length + token] = 1;
  }
  for (const [token, mass] of q.entries()) capacity[lists.length + token]![sink] = mass;
  for (let flow = 0; ;) {
    const from = new Map([[source, source]]);
    for (const node of from.keys()) {
      for (const [next, room] of capacity[node]!.entries()) if (room > 1e-12 && !from.has(next)) from.set(next, node);
    }
    if (!from.has(sink)) return flow;
    const path: [number, number][] = [];
    for (let node = sink; node !== source; node = from.get(node)!) path.push([from.get(node)!, node]);
    const pushed = Math.min(...path.map(([a, b]) => capacity[a]![b]!));
    for (const [a, b] of path) {
      capacity[a]![b]! -= pushed;
      capacity[b]![a]! += pushed;
    }
    flow += pushed;
  }
}

describe('spectr', () => {
  it('emits exactly the target law, summed over all drafts and draws, with the least rho and any above it', () => {
    fc.assert(
      fc.property(law, law, drafts, fc.double({ min: 0, max: 1, noNaN: true }), (p, q, k, share) => {
        const least = kSeqRho(p, q, k);
        for (const rho of [least, least + share * (k - least)]) {
          const { emitted, accepted } = emittedLaw(p, q, k, rho);
          assert.ok(distance(emitted, q) < 1e-9, `rho = ${rho}: ${emitted.join(' ')}`);
          assert.ok(Math.abs(accepted - kSeqAcceptance(p, q, rho, k)) < 1e-9);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('emits another law with a rho below the least', () => {
    const [p, q] = [[0.6, 0.3, 0.1], [0.1, 0.3, 0.6]]; // prettier-ignore
    assert.ok(distance(emittedLaw(p, q, 3).emitted, q) < 1e-9);
    assert.ok(distance(emittedLaw(p, q, 3, 1).emitted, q) > 0.02);
  });

  it('draws from the target where it shares no token with the draft', () => {
    for (const number of [0, 0.3, 0.999]) {
      assert.equal(kSeqSelect([1, 0, 0], [0, 0, 1], [0, 0], () => number).token, 2);
    }
  });

  it('takes the least rho at which the residual has no negative mass', () => {
    fc.assert(
      fc.property(law, law, drafts, (p, q, k) => {
        fc.pre(distance(p, q) > 1e-3);
        const residual = (rho: number) => {
          const accept = p.map((px, x) => Math.min(px, q[x]! / rho));
          const beta = accept.reduce((a, b) => a + b);
          return Math.min(...q.map((qx, x) => qx - accept[x]! * ((1 - (1 - beta) ** k) / beta)));
        };
        const rho = kSeqRho(p, q, k);
        assert.ok(rho >= 1 && rho <= k && residual(rho) > -1e-9);
        const below = Array.from({ length: 30 }, (_, i) => 1 + ((rho - 1) * i) / 31);
        // Where the target leaves out all that the draft has too much of, no rho makes a mass negative.
        if (p.every((px, x) => px <= q[x]! || q[x]! > 0) && rho > 1.01) {
          for (const smaller of below) assert.ok(residual(smaller) < 0, `${smaller} below ${rho}`);
        }
      }),
    );
  });

  it('with one draft is speculative sampling, which accepts all but the total variation', () => {
    fc.assert(
      fc.property(law, law, (p, q) => {
        assert.equal(kSeqRho(p, q, 1), 1);
        assert.ok(Math.abs(emittedLaw(p, q, 1).accepted - (1 - distance(p, q))) < 1e-9);
      }),
    );
  });

  it('measures itself against the greatest flow, and never falls below its share of it', () => {
    fc.assert(
      fc.property(law, law, drafts, (p, q, k) => {
        const optimum = transportOptimum(p, q, k);
        assert.ok(Math.abs(optimum - greatestFlow(p, q, k)) < 1e-9);
        const accepted = kSeqAcceptance(p, q, kSeqRho(p, q, k), k);
        assert.ok(accepted <= optimum + 1e-9);
        assert.ok(accepted >= (1 - (1 - 1 / k) ** k) * optimum - 1e-9);
      }),
      { numRuns: 30 },
    );
  });

  describe('in short form', () => {
    const short = { vocabulary: 6, pairs: 20, tokens: 10_000 };
    let records: readonly TrialRecord[];
    before(async () => {
      records = await shortRun(experiment, short, { seeds: [0, 1] });
    });

    const of = (arm: string, metric: string) =>
      records.find(({ series }) => series.arm === arm && series.seed === 0)!.series.curves[metric]!.values;

    it('logs finite numbers, of acceptance between one draft and the optimum', () => {
      // The optimum is no rule that could decode.
      assertSound(
        experiment,
        records.filter(({ series }) => series.arm !== 'optimum'),
      );
      for (const [i, accepted] of of('k_seq', 'acceptance').entries()) {
        assert.ok(accepted >= of('speculative', 'acceptance')[i]! - 1e-9);
        assert.ok(accepted >= of('rho_is_k', 'acceptance')[i]! - 1e-9);
        assert.ok(accepted <= of('optimum', 'acceptance')[i]! + 1e-9);
      }
    });

    it('decodes with one draft as ordinary speculative decoding does', async () => {
      const [one] = await shortRun(experiment, { ...short, k: 1 }, { arms: ['k_seq'], seeds: [0] });
      assert.deepEqual(one!.series.curves.block_efficiency!.values, of('speculative', 'block_efficiency'));
      assert.deepEqual(one!.series.curves.distance_to_target!.values, of('speculative', 'distance_to_target'));
    });

    it('loses its claim where one draft, the timid rho or the naive rule stands in for the method', () => {
      assert.equal(verdictWith(experiment, records, undefined), 'holds');
      for (const by of ['speculative', 'rho_is_k', 'naive']) {
        assert.equal(verdictWith(experiment, records, { of: 'k_seq', by }), 'fails', by);
      }
    });
  });
});
