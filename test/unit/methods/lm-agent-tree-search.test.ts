import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createRng, type TrialRecord } from 'marginalia';
import experiment, {
  bestFirstAgent,
  drawSite,
  judge,
  search,
  type Visit,
} from '../../../snippets/llm-agents/lm-agent-tree-search/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';

/** A tree of numbered states: the children of n are 3 n + 1, 3 n + 2, 3 n + 3. */
const propose = () => [1, 2, 3];
const execute = (state: number, action: number) => 3 * state + action;
const depthOf = (state: number): number => (state === 0 ? 0 : 1 + depthOf(Math.floor((state - 1) / 3)));

describe('lm-agent-tree-search', () => {
  const values = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 40, maxLength: 40 });

  it('finds the best of all states down to its depth where the budget lets it see them all', () => {
    fc.assert(
      fc.property(values, (scores) => {
        const value = (state: number) => scores[state]! / 1001;
        const { state, expansions } = bestFirstAgent<number>(0, propose, execute, value, {
          budget: 99,
          depth: 3,
          stopAt: 1,
        });
        assert.equal(scores[state], Math.max(...scores));
        assert.equal(expansions, 40);
      }),
    );
  });

  it('expands no more than its budget, nothing below its depth, and always the best of what it knows', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 3 }), (scores, budget, depth) => {
        const value = (state: number) => scores[state]! / 1001;
        const known = new Set([0]);
        const expanded = new Set<number>();
        const result = bestFirstAgent<number>(
          0,
          (state) => {
            expanded.add(state);
            for (const other of known) {
              const waits = !expanded.has(other) && depthOf(other) < depth;
              assert.ok(!waits || value(other) <= value(state), `${other} waits, ${state} is expanded`);
            }
            return propose();
          },
          (state, action) => {
            known.add(execute(state, action));
            return execute(state, action);
          },
          value,
          { budget, depth, stopAt: 2 },
        );
        assert.ok(result.expansions <= budget && expanded.size <= result.expansions);
        assert.ok([...expanded].every((state) => depthOf(state) < depth));
        assert.ok([...expanded].every((state) => value(state) <= value(result.state)));
        assert.equal(known.size, 1 + 3 * expanded.size);
      }),
    );
  });

  it('stops at the first state that is good enough, and comes back from a promising mistake', () => {
    // State 1 looks good and leads nowhere; the way through 2 looks worse and leads to 9, where it stops.
    const looks: Record<number, number> = { 0: 0.1, 1: 0.5, 2: 0.4, 9: 0.9 };
    const visited: number[] = [];
    const value = (state: number) => looks[state] ?? 0;
    const { state, expansions } = bestFirstAgent<number>(
      0,
      (from) => {
        visited.push(from);
        return propose();
      },
      execute,
      value,
      { budget: 99, depth: 5, stopAt: 0.85 },
    );
    assert.deepEqual([state, expansions, visited], [9, 4, [0, 1, 2]]);
  });

  describe('on sites', () => {
    const rng = createRng('tree search test', 2);
    const site = drawSite(rng, 1);

    it('has distances that are those of trying all ways', () => {
      let reached = new Set([0]);
      for (let clicks = 0; clicks <= site.distance[0]!; clicks++) {
        assert.equal(reached.has(site.target), clicks === site.distance[0]);
        reached = new Set([...reached].flatMap((page) => site.links[page]!));
      }
      for (const [page, next] of site.links.entries()) assert.ok(new Set([...next, page]).size === 7);
    });

    it('has votes with the means that their probabilities say', () => {
      const misjudged = site.misjudged[0]!;
      const onTrack = 1 / (1 + Math.exp(1.5 - misjudged));
      assert.ok(Math.abs(judge(site, site.target, 20_000, rng) - 0.95) < 0.01);
      assert.ok(Math.abs(judge(site, 0, 20_000, rng) - (0.03 + 0.97 * 0.5 * onTrack)) < 0.01);
    });

    it('counts as steps all actions of replays, and follows links only', () => {
      const seen: Visit[] = [];
      const settings = { budget: 6, branching: 3, depth: 4, votes: 5 };
      const { steps } = search(site, settings, rng, (visit) => seen.push(visit));
      for (const { page, from, depth } of seen.slice(1)) {
        assert.ok(site.links[from!.page]!.includes(page) && depth === from!.depth + 1 && depth <= 4);
      }
      assert.equal(
        steps,
        seen.reduce((sum, { depth }) => sum + depth, 0),
      );
    });
  });

  describe('in short form', () => {
    let records: readonly TrialRecord[];
    before(async () => {
      records = await shortRun(experiment, { tasks: 40 }, { seeds: [0, 1] });
    });

    it('holds, and does not with a single vote, a single child, no way back or no search', () => {
      assertSound(experiment, records);
      assert.notEqual(verdictWith(experiment, records, undefined), 'fails');
      for (const by of ['one_vote', 'one_child', 'greedy', 'single']) {
        assert.equal(verdictWith(experiment, records, { of: 'search', by }), 'fails', by);
      }
    });
  });
});
