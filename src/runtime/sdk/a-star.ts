import { priorityQueue } from './priority-queue.ts';

/** A way to be found from a start to a goal. States are compared as keys of a map are. */
export interface SearchProblem<S, A> {
  readonly start: S;
  readonly isGoal: (state: S) => boolean;
  /** All of them can be taken in every state. */
  readonly actions: readonly A[];
  /** Where an action leads and what it costs, 0 or more. */
  readonly step: (state: S, action: A) => { readonly next: S; readonly cost: number };
  /** Estimated cost from a state to the nearest goal. */
  readonly heuristic: (state: S) => number;
  /** Of the cost so far beside the estimate, 0 to 1: 1 is A*, 0 greedy best-first search. */
  readonly weight: number;
}

/** What a search found, and how much it looked at. */
export interface SearchResult<A> {
  /** Actions from the start to a goal and what they cost; undefined where no goal can be reached. */
  readonly path: readonly A[] | undefined;
  readonly cost: number | undefined;
  /** How often `step` was asked. */
  readonly generated: number;
}

interface Node<S, A> {
  readonly state: S;
  readonly cost: number;
  readonly from?: { readonly node: Node<S, A>; readonly action: A };
}

/**
 * A* search (Hart, Nilsson and Raphael, 1968): takes the node whose cost so far plus estimate is lowest, generates all its
 * children, and estimates those that are new or reached at less cost. With weight 1 and a heuristic that is never above the
 * truth the path is a cheapest one. A state that is reached at less cost than before is opened again.
 */
export function aStar<S, A>({ start, isGoal, actions, step, heuristic, weight }: SearchProblem<S, A>): SearchResult<A> {
  const queue = priorityQueue<Node<S, A>>();
  const cheapest = new Map([[start, 0]]);
  let generated = 0;
  queue.push(heuristic(start), { state: start, cost: 0 });
  for (let node = queue.pop(); node; node = queue.pop()) {
    if (isGoal(node.state)) return { path: pathTo(node), cost: node.cost, generated };
    if (node.cost > cheapest.get(node.state)!) continue;
    for (const action of actions) {
      const { next: state, cost: more } = step(node.state, action);
      const cost = node.cost + more;
      generated++;
      if (cost >= (cheapest.get(state) ?? Infinity)) continue;
      cheapest.set(state, cost);
      queue.push(weight * cost + heuristic(state), { state, cost, from: { node, action } });
    }
  }
  return { path: undefined, cost: undefined, generated };
}

/**
 * A* with deferred evaluation (Helmert, 2006): each action of a taken node waits with that node's priority, and its child is
 * generated and estimated when it is taken in turn. Finds what A* finds, and generates no child that never has its turn.
 */
export function lazyAStar<S, A>(problem: SearchProblem<S, A>): SearchResult<A> {
  const { start, isGoal, actions, step, heuristic, weight } = problem;
  // With an action: a child that is not made yet.
  const queue = priorityQueue<{ readonly node: Node<S, A>; readonly action?: A }>();
  const cheapest = new Map([[start, 0]]);
  let generated = 0;
  queue.push(heuristic(start), { node: { state: start, cost: 0 } });
  for (let taken = queue.pop(); taken; taken = queue.pop()) {
    const { node, action } = taken;
    if (action !== undefined) {
      const { next: state, cost: more } = step(node.state, action);
      const cost = node.cost + more;
      generated++;
      if (cost >= (cheapest.get(state) ?? Infinity)) continue;
      cheapest.set(state, cost);
      queue.push(weight * cost + heuristic(state), { node: { state, cost, from: { node, action } } });
    } else if (isGoal(node.state)) {
      return { path: pathTo(node), cost: node.cost, generated };
    } else if (node.cost === cheapest.get(node.state)) {
      const priority = weight * node.cost + heuristic(node.state);
      for (const next of actions) queue.push(priority, { node, action: next });
    }
  }
  return { path: undefined, cost: undefined, generated };
}

function pathTo<S, A>(node: Node<S, A>): readonly A[] {
  const path: A[] = [];
  for (let from = node.from; from; from = from.node.from) path.unshift(from.action);
  return path;
}
