import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { aStar, lazyAStar, type SearchProblem } from 'marginalia';
import { priorityQueue } from '../../../src/runtime/sdk/priority-queue.ts';

/** A directed graph with costs: `edges[node][action]` tells where an action leads. The last node is the goal. */
type Graph = readonly (readonly { readonly next: number; readonly cost: number }[])[];

const actions = [0, 1, 2];
const graphs: fc.Arbitrary<Graph> = fc.integer({ min: 2, max: 14 }).chain((size) => {
  const edge = fc.record({ next: fc.nat(size - 1), cost: fc.integer({ min: 0, max: 9 }) });
  return fc.array(fc.tuple(edge, edge, edge), { minLength: size, maxLength: size });
});

/** Cost from every node to the goal, by relaxing all edges again and again (Bellman and Ford). */
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

const problem = (
  graph: Graph,
  heuristic: (node: number) => number,
  weight = 1,
): SearchProblem<number, number> & { readonly asked: () => number } => {
  let asked = 0;
  return {
    start: 0,
    isGoal: (node) => node === graph.length - 1,
    actions,
    step(node, action) {
      asked++;
      return graph[node]![action]!;
    },
    heuristic,
    weight,
    asked: () => asked,
  };
};

for (const [name, search] of Object.entries({ 'A*': aStar, 'A* with deferred evaluation': lazyAStar })) {
  describe(name, () => {
    it('finds a cheapest path with any estimate that is not above the truth, where there is a path', () => {
      const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 14, maxLength: 14 });
      fc.assert(
        fc.property(graphs, shares, (graph, share) => {
          const costs = costsToGo(graph);
          const asked = problem(graph, (node) => Math.min(costs[node]!, 99) * share[node]!);
          const { path, cost, generated } = search(asked);
          assert.equal(generated, asked.asked());
          if (costs[0] === Infinity) {
            assert.deepEqual([path, cost], [undefined, undefined]);
            return;
          }
          assert.equal(cost, costs[0]);
          let [node, paid] = [0, 0];
          for (const action of path!) {
            paid += graph[node]![action]!.cost;
            node = graph[node]![action]!.next;
          }
          assert.deepEqual([node, paid], [graph.length - 1, cost]);
        }),
      );
    });

    it('follows the estimate alone where the cost so far has no weight', () => {
      const graph: Graph = [
        [1, 2, 0].map((next) => ({ next, cost: 1 })),
        [3, 3, 3].map((next) => ({ next, cost: 9 })),
        [3, 3, 3].map((next) => ({ next, cost: 1 })),
        [],
      ];
      const misled = (node: number) => [0, 0, 8.5, 0][node]!;
      assert.equal(search(problem(graph, misled)).cost, 2);
      assert.equal(search(problem(graph, misled, 0)).cost, 10);
    });
  });
}

describe('A* with deferred evaluation', () => {
  it('makes no child of a node but those that have their turn', () => {
    // A line of ten nodes whose other actions stay in place. The nearer the end the better a node looks, so that nothing else
    // has its turn.
    const line: Graph = Array.from({ length: 10 }, (_, node) => [
      { next: Math.min(node + 1, 9), cost: 1 },
      { next: node, cost: 1 },
      { next: node, cost: 1 },
    ]);
    assert.equal(aStar(problem(line, (node) => 2 * (9 - node))).generated, 27);
    assert.equal(lazyAStar(problem(line, (node) => 2 * (9 - node))).generated, 9);
  });
});

describe('the priority queue', () => {
  it('gives back what a stable sort of the waiting items has first', () => {
    // A number goes in as a priority, undefined takes one out.
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined })), (moves) => {
        const queue = priorityQueue<number>();
        const waiting: { priority: number; item: number }[] = [];
        moves.forEach((priority, item) => {
          if (priority === undefined) {
            waiting.sort((a, b) => a.priority - b.priority);
            assert.equal(queue.pop(), waiting.shift()?.item);
          } else {
            queue.push(priority, item);
            waiting.push({ priority, item });
          }
        });
      }),
    );
  });
});
