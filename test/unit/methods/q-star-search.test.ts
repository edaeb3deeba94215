import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import experiment from '../../../snippets/combinatorial-optimization/q-star-search/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';
import { snippetFunction } from './snippet-function.ts';

type QStarSearch = (
  start: number,
  qValues: (s: number) => number[],
  step: (s: number, a: number) => { next: number; cost: number },
  isGoal: (s: number) => boolean,
  key: (s: number) => string,
  lambda: number,
) => { path: number[]; cost: number; generated: number } | null;

/** A directed graph with costs: `edges[node]` lists where each action leads. */
type Graph = readonly (readonly { readonly next: number; readonly cost: number }[])[];

const graphs: fc.Arbitrary<Graph> = fc.integer({ min: 2, max: 12 }).chain((size) =>
  fc.array(
    fc.array(fc.record({ next: fc.nat(size - 1), cost: fc.integer({ min: 0, max: 9 }) }), {
      minLength: 0,
      maxLength: 4,
    }),
    { minLength: size, maxLength: size },
  ),
);

/** Least cost from every node to the last one, by relaxing every edge often enough (Bellman and Ford). */
function costsToGo(graph: Graph): number[] {
  const costs = graph.map((_, node) => (node === graph.length - 1 ? 0 : Infinity));
  const relax = () => {
    for (const [node, edges] of graph.entries()) {
      for (const { next, cost } of edges) costs[node] = Math.min(costs[node]!, cost + costs[next]!);
    }
  };
  graph.forEach(relax);
  return costs;
}

describe('q-star-search', () => {
  let qStarSearch: QStarSearch;
  before(async () => {
    qStarSearch = await snippetFunction<QStarSearch>(
      'combinatorial-optimization/q-star-search',
      'q-star-search',
      'qStarSearch',
    );
  });

  function searchIn(graph: Graph, estimate: (node: number) => number, lambda = 1) {
    return qStarSearch(
      0,
      (node) => graph[node]!.map(({ next, cost }) => cost + estimate(next)),
      (node, action) => graph[node]![action]!,
      (node) => node === graph.length - 1,
      String,
      lambda,
    );
  }

  it('finds a path of least cost with any estimate that is not above it', () => {
    fc.assert(
      fc.property(graphs, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 12 }), (graph, shares) => {
        const costs = costsToGo(graph);
        // Where no way leads to the goal any estimate is admissible.
        const found = searchIn(graph, (node) => Math.min(costs[node]!, 50) * shares[node]!);
        assert.equal(found === null, costs[0] === Infinity);
        if (!found) return;
        assert.ok(Math.abs(found.cost - costs[0]!) < 1e-9);
        let [node, cost] = [0, 0];
        for (const action of found.path) {
          cost += graph[node]![action]!.cost;
          node = graph[node]![action]!.next;
        }
        assert.deepEqual([node, cost], [graph.length - 1, found.cost]);
        assert.ok(found.generated >= found.path.length);
      }),
    );
  });

  it('generates only the path where the estimate is exact', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        // Costs above 0 leave no ties along a best path but those between best paths.
        const costly = graph.map((edges) => edges.map(({ next, cost }) => ({ next, cost: cost + 1 + next / 97 })));
        const costs = costsToGo(costly);
        const found = searchIn(costly, (node) => costs[node]!);
        if (found) assert.ok(found.generated <= costly.flat().length);
        const chain = Array.from({ length: 9 }, (_, node) => [
          { next: node, cost: 5 },
          { next: Math.min(node + 1, 8), cost: 1 },
        ]);
        assert.equal(searchIn(chain, (node) => 8 - node)?.generated, 8);
      }),
    );
  });

  it('stops when a goal is taken, not when it is first seen', () => {
    // The goal is one dear step away, or two cheap ones.
    const graph = [[{ next: 2, cost: 10 }, { next: 1, cost: 1 }], [{ next: 2, cost: 1 }], []]; // prettier-ignore
    assert.deepEqual(searchIn(graph, () => 0), { path: [1, 0], cost: 2, generated: 2 }); // prettier-ignore
  });

  it('opens a state again that is reached at less cost later', () => {
    // Node 2 looks best through the dear edge first; its successor must still be reached through node 1.
    const graph: Graph = [
      [
        { next: 2, cost: 4 },
        { next: 1, cost: 1 },
      ],
      [{ next: 2, cost: 1 }],
      [{ next: 3, cost: 6 }],
      [],
    ];
    assert.equal(searchIn(graph, (node) => [8, 7, 0, 0][node]!)?.cost, 8);
  });

  it('without weight on path cost follows the estimate, at whatever cost', () => {
    const graph: Graph = [
      [
        { next: 1, cost: 1 },
        { next: 2, cost: 1 },
      ],
      [{ next: 3, cost: 9 }],
      [{ next: 3, cost: 1 }],
      [],
    ];
    const misled = (node: number) => [0, 0, 8.5, 0][node]!;
    assert.equal(searchIn(graph, misled, 1)?.cost, 2);
    assert.equal(searchIn(graph, misled, 0)?.cost, 10);
  });

  const short = { starts: 2, metaDepth: 3 };

  it('logs finite metrics by number of actions and draws their growth', async () => {
    const records = await shortRun(experiment, short, { seeds: [0] });
    assertSound(experiment, records);
    for (const { series, figures } of records) {
      assert.deepEqual(series.curves.nodes_generated!.steps, [3, 21]);
      assert.deepEqual(Object.keys(figures), ['growth', 'excess']);
    }
    const of = (arm: string, metric: string) =>
      records.find(({ series }) => series.arm === arm)!.series.curves[metric]!.values;
    for (const arm of ['qStar', 'aStar', 'lazyAStar']) assert.deepEqual(of(arm, 'optimal_share'), [1, 1]);
    assert.ok(of('qStar', 'nodes_generated')[1]! < of('aStar', 'nodes_generated')[1]!);
  });

  it('gives the same numbers for the same seed and others for another', async () => {
    const [first, again, other] = await shortRun(experiment, short, { arms: ['qStar'], seeds: [1, 1, 2] });
    assert.deepEqual(first!.series.curves, again!.series.curves);
    assert.notDeepEqual(first!.series.curves, other!.series.curves);
  });

  it('loses its claim where A*, or Q* with an inflated Q, stands in for the method', async () => {
    const arms = ['qStar', 'aStar', 'inflatedQ'];
    const records = await shortRun(experiment, { starts: 4 }, { arms, seeds: [3, 4] });
    assert.equal(verdictWith(experiment, records, undefined), 'holds');
    assert.equal(verdictWith(experiment, records, { of: 'qStar', by: 'aStar' }), 'fails');
    assert.notEqual(verdictWith(experiment, records, { of: 'qStar', by: 'inflatedQ' }), 'holds');
  });
});
