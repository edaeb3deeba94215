/**
 * The same ideas in TypeScript: a schedule, a token reward, a solver and a search.
 * Start with the schedule: huggingface.co/papers/2107.04197
 */

/** Learning rate at an update of a budget. */
export function rexSchedule(step: number, budget: number, baseRate = 0.03): number {
  const left = 1 - step / budget;
  return (baseRate * left) / (0.5 + 0.5 * left);
}

// Reinforced Token Optimization rewards each token by how much a DPO policy prefers it.
export function dpoTokenReward(chosen: number, reference: number, scale = 0.1): number {
  return scale * (chosen - reference);
}

/** Draws a relaxation factor for the next linear system, after "Learning to Relax" (doi:10.48550/arXiv.2310.02246). */
export function tuneSorOmega(losses: readonly number[], round: number): number {
  const rate = 2 / Math.sqrt(round + 1);
  const weights = losses.map((loss) => 4 / (rate * (loss + 1)) ** 2);
  const best = weights.indexOf(Math.max(...weights));
  return 1 + 0.05 * best;
}

interface Entry {
  readonly state: string;
  readonly action: number;
  readonly priority: number;
}

// Q* search keeps pairs of a node and an action in the open list; a heuristic scores all actions of a node at once.
export function qStarSearch(start: string, goal: string, score: (state: string) => readonly number[]): number {
  const open: Entry[] = score(start).map((priority, action) => ({ state: start, action, priority }));
  let generated = 0;
  while (open.length > 0) {
    open.sort((a, b) => b.priority - a.priority);
    const entry = open.pop();
    if (!entry) break;
    generated += 1;
    const child = entry.state + String(entry.action);
    if (child === goal) return generated;
    if (child.length < goal.length) {
      score(child).forEach((priority, action) => open.push({ state: child, action, priority }));
    }
  }
  return -1;
}
