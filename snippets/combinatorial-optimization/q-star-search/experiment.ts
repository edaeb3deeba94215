import { aStar, atLeast, atMost, experiment, float, int, lazyAStar, mean, topSpin } from 'marginalia';
import type { PuzzleAction, SearchProblem, SearchResult } from 'marginalia';

/**
 * Q* search (Agostinelli et al., 2021, arXiv:2102.04518).
 *
 * A* generates and scores every child of a node only to order them. A network with one output an action gives transition
 * cost plus cost to go of all children in one pass ("Q-factor as child score"), so Q* queues (node, action) pairs and
 * makes a child only when its pair is taken: one node and one pass an iteration, not one for each action ("Cost of one
 * iteration"). With a Q that never overestimates it finds shortest paths ("Optimality condition").
 *
 * The puzzle is TopSpin with 8 tokens, 40,320 states. Sequences of moves become actions of their own, so the number of
 * actions grows from 3 to 173 while distances stay the same. A table that falls below the true distance, for each state
 * by a share of its own, stands in for the network, the same one for every search.
 */
const puzzle = topSpin(8, 4);
const distances = puzzle.distances();
const depths = [1, 3, 5]; // longest sequences that are actions, before the one that `metaDepth` asks for
const scrambleMoves = 60;
const greedyPatience = 60; // actions after which the greedy policy gives up

// #region snippet q-star-search
/**
 * Q* search (arXiv:2102.04518): best-first search over (node, action) pairs, so that only what is taken is generated.
 * qValues: for every action its cost plus the estimated cost to go of the child; one call is one network pass.
 * step: the child of an action, and the action's cost. key: equal for equal states.
 * lambda: weight of the path cost, 0 to 1. With 1 and a Q that never overestimates the path is a shortest one.
 * Returns the actions of the path, its cost and the number of nodes generated; null if no goal can be reached.
 */
function qStarSearch<S>(
  start: S,
  qValues: (s: S) => number[],
  step: (s: S, a: number) => { next: S; cost: number },
  isGoal: (s: S) => boolean,
  key: (s: S) => string,
  lambda: number,
): { path: number[]; cost: number; generated: number } | null {
  interface Node {
    state: S;
    cost: number;
    action: number;
    parent: Node | null;
  }
  const queue = priorityQueue<{ node: Node; action: number }>();
  const cheapest = new Map<string, number>();
  const open = (node: Node) => {
    cheapest.set(key(node.state), node.cost);
    qValues(node.state).forEach((q, action) => queue.push(lambda * node.cost + q, { node, action }));
  };
  if (isGoal(start)) return { path: [], cost: 0, generated: 0 };
  open({ state: start, cost: 0, action: -1, parent: null });
  for (let generated = 1; ; generated++) {
    const taken = queue.pop();
    if (!taken) return null;
    const { node: parent, action } = taken;
    const { next: state, cost } = step(parent.state, action);
    const node: Node = { state, cost: parent.cost + cost, action, parent };
    if (isGoal(state)) {
      const path: number[] = [];
      for (let at = node; at.parent; at = at.parent) path.unshift(at.action);
      return { path, cost: node.cost, generated };
    }
    // A state that is reached at less cost than before is opened again.
    if (node.cost < (cheapest.get(key(state)) ?? Infinity)) open(node);
  }
}

/** A binary heap. The item of lowest priority leaves first; of equal ones the one that came first. */
function priorityQueue<T>() {
  const heap: { priority: number; order: number; item: T }[] = [];
  let pushed = 0;
  const before = (i: number, j: number) => heap[i]!.priority - heap[j]!.priority || heap[i]!.order - heap[j]!.order;
  const swap = (i: number, j: number) => ([heap[i], heap[j]] = [heap[j]!, heap[i]!]);
  return {
    push(priority: number, item: T) {
      heap.push({ priority, order: pushed++, item });
      for (let i = heap.length - 1; i > 0 && before(i, (i - 1) >> 1) < 0; i = (i - 1) >> 1) swap(i, (i - 1) >> 1);
    },
    pop(): T | undefined {
      if (heap.length > 1) swap(0, heap.length - 1);
      const first = heap.pop();
      for (let i = 0, child = 1; child < heap.length; i = child, child = 2 * i + 1) {
        if (child + 1 < heap.length && before(child + 1, child) < 0) child++;
        if (before(i, child) < 0) break;
        swap(i, child);
      }
      return first?.item;
    },
  };
}
// #endregion

/** One puzzle with one action space and one stand-in for the network. */
interface Problem extends SearchProblem<number, PuzzleAction> {
  /** Q of every action. The first look at a state, here or by `heuristic`, is a network pass, later ones are not. */
  readonly qValues: (state: number) => number[];
}

/** What one search did; `cost` is undefined where it gave up. */
type Found = Pick<SearchResult<PuzzleAction>, 'cost' | 'generated'>;

function searchQStar({ start, actions, weight, qValues, step, isGoal }: Problem): Found {
  const found = qStarSearch(start, qValues, (state, a) => step(state, actions[a]!), isGoal, String, weight);
  return { cost: found?.cost, generated: found?.generated ?? 0 };
}

/** No search: always the action that looks best. */
function followQ({ start, actions, qValues, step, isGoal }: Problem): Found {
  let [state, cost] = [start, 0];
  for (let generated = 0; generated <= greedyPatience; generated++) {
    if (isGoal(state)) return { cost, generated };
    const q = qValues(state);
    const taken = step(state, actions[q.indexOf(Math.min(...q))]!);
    [state, cost] = [taken.next, cost + taken.cost];
  }
  return { cost: undefined, generated: greedyPatience };
}

/** A number in [0, 1) that is always the same for a state and looks like none of the others. */
function scatter(state: number): number {
  const mixed = Math.imul(state ^ (state >>> 12), 0x45d9f3b5);
  const again = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return ((again ^ (again >>> 13)) >>> 0) / 2 ** 32;
}

const step = (state: number, action: PuzzleAction) => ({ next: puzzle.apply(state, action), cost: action.cost });
const isGoal = (state: number) => state === puzzle.goal;
const searches = {
  qStar: searchQStar,
  aStar,
  lazyAStar,
  greedy: followQ,
  inflatedQ: searchQStar,
};

const byActions = { step: 'actions', stepScale: 'log' } as const;

export default experiment({
  paper: 'q-star-search',
  question:
    'When the action space grows by two orders of magnitude, how do nodes generated and network passes grow for Q* and for A* with the same heuristic, and are both still optimal?',
  seeds: 5,
  params: {
    metaDepth: int(6, { min: 1, max: 7, about: 'longest sequence of moves that becomes one action' }),
    delta: float(0.4, { min: 0, max: 0.9, about: 'how far the heuristic may fall below the truth' }),
    lambda: float(1, { min: 0, max: 1, about: 'weight of path cost in Q* and A*' }),
    starts: int(20, { min: 2, max: 200, about: 'start states; every seed has others' }),
    tNet: float(5, { min: 0.5, max: 100, about: 'time of a network pass, in that of generating a node' }),
  },
  arms: {
    qStar: { role: 'method', about: 'queues (node, action) pairs, generates what it takes' },
    aStar: { role: 'baseline', about: 'generates and scores all children of a node' },
    lazyAStar: { role: 'baseline', about: 'A* that generates and scores children when they are taken' },
    greedy: { role: 'baseline', about: 'follows the best Q without search' },
    inflatedQ: { role: 'ablation', about: 'Q* with every Q half as much again: the optimality condition is broken' },
  },
  metrics: {
    nodes_generated: { ...byActions, better: 'lower', unit: 'nodes', scale: 'log', about: 'mean over starts' },
    network_passes: { ...byActions, better: 'lower', unit: 'passes', scale: 'log', about: 'states scored, mean' },
    simulated_time: { ...byActions, better: 'lower', unit: 'nodes', scale: 'log', about: 'nodes + tNet * passes' },
    optimal_share: { ...byActions, better: 'higher', unit: 'fraction', about: 'starts solved at least cost' },
  },
  trial({ arm, params, rng, log, show, progress }) {
    const { delta, lambda, tNet } = params;
    const draw = rng.split('starts');
    const starts = Array.from({ length: params.starts }, () => puzzle.scramble(scrambleMoves, draw));
    const search = searches[arm];
    const inflation = arm === 'inflatedQ' ? 1.5 : 1;
    const estimate = (state: number) => distances.get(state)! * (1 - delta * scatter(state));

    const sizes: number[] = [];
    const nodes: number[] = [];
    const sequence = [...depths.filter((depth) => depth < params.metaDepth), params.metaDepth];
    for (const depth of sequence) {
      const actions = puzzle.actions(depth);
      const results = starts.map((start) => {
        const seen = new Set<number>();
        const heuristic = (state: number) => {
          seen.add(state);
          return estimate(state);
        };
        const qValues = (state: number) => {
          seen.add(state);
          return actions.map((action) => inflation * (action.cost + estimate(puzzle.apply(state, action))));
        };
        const found = search({ start, actions, step, isGoal, weight: lambda, heuristic, qValues });
        return { ...found, passes: seen.size, excess: (found.cost ?? Infinity) - distances.get(start)! };
      });
      const generated = mean(results.map((result) => result.generated));
      const passes = mean(results.map((result) => result.passes));
      log(actions.length, {
        nodes_generated: generated,
        network_passes: passes,
        simulated_time: generated + tNet * passes,
        optimal_share: mean(results.map(({ excess }) => (excess === 0 ? 1 : 0))),
      });
      sizes.push(actions.length);
      nodes.push(generated);
      progress(sizes.length / sequence.length);
      const proportional = sizes.map((size) => (nodes[0]! * size) / sizes[0]!);
      show('growth', {
        title: `Nodes that ${arm} generates`,
        x: { label: 'actions', scale: 'log' },
        y: { label: 'nodes generated', scale: 'log' },
        layers: [
          { type: 'line', label: arm, x: sizes, y: nodes },
          { type: 'points', label: 'mean over starts', x: sizes, y: nodes },
          { type: 'line', label: 'in proportion to the actions', x: sizes, y: proportional },
        ],
      });
      const solved = results.filter(({ excess }) => excess < Infinity).map(({ excess }) => excess);
      show('excess', {
        title: `Cost above the least, ${arm}, ${actions.length} actions: ${solved.length} of ${starts.length} solved`,
        x: { label: 'start' },
        y: { label: 'moves', min: 0 },
        layers: [{ type: 'bars', label: arm, x: solved.map((_, i) => i + 1), height: solved }],
      });
    }
  },
  claim: {
    statement:
      "Q* generates one node an iteration, so enlarging the action space hardly raises its cost while A*'s grows almost in proportion, and with an admissible Q both return shortest paths.",
    check: ({ final, curve }) => {
      const growth = (arm: 'qStar' | 'aStar') =>
        curve(arm, 'nodes_generated', ({ values }) => values.at(-1)! / values[0]!);
      const optimal = (arm: 'qStar' | 'aStar') =>
        curve(arm, 'optimal_share', ({ values }) => Math.min(...values), 'mean');
      const nodes = final('aStar', 'nodes_generated') / final('qStar', 'nodes_generated');
      return [
        atLeast('nodes, A* over Q*', nodes, 10, 'times'),
        atMost('nodes of Q*, most actions over fewest', growth('qStar'), 20, 'times'),
        atLeast('nodes of A*, most actions over fewest', growth('aStar'), 40, 'times'),
        atMost('passes, Q* over A*', final('qStar', 'network_passes') / final('aStar', 'network_passes'), 0.2),
        atLeast('optimal share of Q*', optimal('qStar'), 1),
        atLeast('optimal share of A*', optimal('aStar'), 1),
      ];
    },
  },
});
