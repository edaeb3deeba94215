import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { TrialRecord } from 'marginalia';
import experiment, { evictMarkAndPredict } from '../../../snippets/systems/mark-and-predict/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';

type Bit = 0 | 1;

/** A number for each of equally likely choices among up to four pages. */
const grid = Array.from({ length: 12 }, (_, j) => (j + 0.5) / 12);

/** Least number of faults with all that is to come known: over every cache that any choices lead to. */
function fewestFaults(pages: readonly number[], size: number): number {
  let caches = new Map<string, { held: number[]; faults: number }>([['', { held: [], faults: 0 }]]);
  for (const page of pages) {
    const after: typeof caches = new Map();
    const reach = (held: number[], faults: number) => {
      const name = held.sort((a, b) => a - b).join(' ');
      if (faults < (after.get(name)?.faults ?? Infinity)) after.set(name, { held, faults });
    };
    for (const { held, faults } of caches.values()) {
      if (held.includes(page)) reach([...held], faults);
      else if (held.length < size) reach([...held, page], faults + 1);
      else for (const victim of held) reach([...held.filter((one) => one !== victim), page], faults + 1);
    }
    caches = after;
  }
  return Math.min(...[...caches.values()].map(({ faults }) => faults));
}

/** Expected faults of marking with the bits, exactly: over every choice among the candidates. */
function expectedFaults(pages: readonly number[], bits: readonly Bit[], size: number): number {
  let states = new Map([['start', { cache: [] as number[], marked: [] as number[], chance: 1 }]]);
  let faults = 0;
  for (const [t, page] of pages.entries()) {
    const latest = new Map(pages.slice(0, t).map((one, i) => [one, bits[i]!]));
    const after: typeof states = new Map();
    const reach = (cache: Set<number>, marked: Set<number>, chance: number) => {
      const state = { cache: [...cache.add(page)].sort(), marked: [...marked.add(page)].sort() };
      const name = JSON.stringify(state);
      after.set(name, { ...state, chance: chance + (after.get(name)?.chance ?? 0) });
    };
    for (const { cache, marked, chance } of states.values()) {
      if (!cache.includes(page)) faults += chance;
      if (cache.includes(page) || cache.length < size) {
        reach(new Set(cache), new Set(marked), chance);
        continue;
      }
      for (const number of grid) {
        const marks = new Set(marked);
        const victim = evictMarkAndPredict(new Set(cache), marks, latest, () => number);
        reach(new Set(cache.filter((one) => one !== victim)), marks, chance / grid.length);
      }
    }
    states = after;
  }
  return faults;
}

/** 1 for each request whose page is not among the `size` distinct pages of the phase after its own. */
function phaseBits(pages: readonly number[], size: number): Bit[] {
  const phaseOf: number[] = [];
  let members = new Set<number>();
  for (const page of pages) {
    const full = members.size === size && !members.has(page);
    phaseOf.push((phaseOf.at(-1) ?? 0) + Number(full));
    members = full ? new Set([page]) : members.add(page);
  }
  return pages.map((page, t) => (pages.some((other, s) => other === page && phaseOf[s] === phaseOf[t]! + 1) ? 0 : 1));
}

const harmonic = (size: number) => Array.from({ length: size }, (_, i) => 1 / (i + 1)).reduce((a, b) => a + b);

const size = fc.integer({ min: 2, max: 4 });
const requests = fc.array(fc.nat(5), { minLength: 1, maxLength: 18 });

describe('mark-and-predict', () => {
  it('evicts each unmarked page that is said to be absent equally often, or else each unmarked page', () => {
    const pages = fc.uniqueArray(fc.nat(20), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(pages, fc.nat(15), fc.nat(15), (cache, markBits, sayBits) => {
        const wasMarked = cache.filter((_, i) => (markBits >> i) & 1);
        const bit = new Map(cache.map((page, i) => [page, ((sayBits >> i) & 1) as Bit]));
        const unmarked = wasMarked.length === cache.length ? cache : cache.filter((page) => !wasMarked.includes(page));
        const absent = unmarked.filter((page) => bit.get(page) === 1);
        const expected = absent.length > 0 ? absent : unmarked;
        const victims = grid.map((number) => {
          const marked = new Set(wasMarked);
          const victim = evictMarkAndPredict(new Set(cache), marked, bit, () => number);
          assert.deepEqual([...marked], unmarked === cache ? [] : wasMarked);
          return victim;
        });
        for (const page of cache) {
          const times = victims.filter((victim) => victim === page).length;
          assert.equal(times, expected.includes(page) ? grid.length / expected.length : 0);
        }
      }),
    );
  });

  it('keeps its guarantee against the fewest faults there can be, whatever the bits say', () => {
    fc.assert(
      fc.property(requests, fc.infiniteStream(fc.boolean()), size, (pages, flips, k) => {
        const truth = phaseBits(pages, k);
        const said = truth.map((bit) => (flips.next().value ? ((1 - bit) as Bit) : bit));
        const wrong = (bit: Bit) => said.filter((one, t) => one === bit && truth[t] !== bit).length;
        const optimum = fewestFaults(pages, k);
        const faults = expectedFaults(pages, said, k);
        assert.ok(faults >= optimum - 1e-9);
        assert.ok(faults <= 2 * optimum + harmonic(k) * wrong(0) + wrong(1) + 1e-9);
        assert.ok(expectedFaults(pages, truth, k) <= 2 * optimum + 1e-9);
      }),
      { numRuns: 60 },
    );
  });

  it('is marking where the bits say nothing, within twice the harmonic number of the fewest faults', () => {
    fc.assert(
      fc.property(requests, size, (pages, k) => {
        const [zeros, ones] = ([0, 1] as const).map((bit) => expectedFaults(pages, pages.map(() => bit), k)); // prettier-ignore
        assert.ok(Math.abs(zeros! - ones!) < 1e-9);
        assert.ok(zeros! <= 2 * harmonic(k) * fewestFaults(pages, k) + 1e-9);
      }),
      { numRuns: 40 },
    );
  });

  it('uses correct bits: on a loop one page too long it comes near the optimum, where marking does not', () => {
    const loop = Array.from({ length: 25 }, (_, t) => t % 5);
    const optimum = fewestFaults(loop, 4);
    const informed = expectedFaults(loop, phaseBits(loop, 4), 4);
    const marking = expectedFaults(loop, loop.map(() => 0), 4); // prettier-ignore
    assert.ok(informed < marking - 1 && informed <= 1.3 * optimum, `${optimum} ${informed} ${marking}`);
  });

  it('on the stream faults once a page where the cache holds all, but for what wrong discard bits throw out', async () => {
    const roomy = { cache: 12, pages: 10, requests: 1000 };
    for (const { series } of await shortRun(experiment, roomy, { seeds: [0] })) {
      const ratios = series.curves.competitive_ratio!.values;
      assert.equal(ratios[0], 1, series.arm);
      // Where all bits are wrong Mark0 keeps no page: every request is a fault.
      assert.equal(ratios.at(-1), series.arm === 'mark0' ? 1000 / 10 : 1, series.arm);
    }
  });

  describe('in short form', () => {
    let records: readonly TrialRecord[];
    before(async () => {
      records = await shortRun(experiment, { requests: 4000 }, { seeds: [0, 1] });
    });

    it('logs finite numbers, no better than the offline optimum, and Mark0 with correct bits as good', () => {
      assertSound(
        experiment,
        records.filter(({ series }) => ['mark_and_predict', 'mark0'].includes(series.arm)),
      );
      for (const { series } of records) {
        const ratios = series.curves.competitive_ratio!.values;
        assert.ok(Math.min(...ratios) >= 1, series.arm);
        if (series.arm === 'mark0') assert.equal(ratios[0], 1);
      }
    });

    it('loses its claim where marking without bits, or bits without marks, stand in for the method', () => {
      // Rules without a guarantee have no slack: in its place they get the method's.
      const { bound_slack } = records.find(({ series }) => series.arm === 'mark_and_predict')!.series.curves;
      const complete = records.map((record) => ({
        ...record,
        series: { ...record.series, curves: { bound_slack: bound_slack!, ...record.series.curves } },
      }));
      assert.equal(verdictWith(experiment, complete, undefined), 'holds');
      for (const [of, by] of [
        ['mark_and_predict', 'marker'],
        ['mark_and_predict', 'blind'],
        ['mark0', 'lru'],
      ] as const) {
        assert.equal(verdictWith(experiment, complete, { of, by }), 'fails', by);
      }
    });
  });
});
