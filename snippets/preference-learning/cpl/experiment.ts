import {
  adam,
  atLeast,
  atMost,
  choice,
  experiment,
  float,
  gridworld,
  gridworldFigure,
  int,
  logSoftmax,
} from 'marginalia';
import { logistic, mean, prefersFirst, softmaxPolicy, timeToEnd, valueIteration } from 'marginalia';
import type { Policy, Rng } from 'marginalia';

/**
 * Contrastive Preference Learning (Hejna et al., 2023, arXiv:2310.13639).
 *
 * People compare two segments of behaviour and prefer the one with less regret, that is, with the higher discounted sum
 * of optimal advantages ("Regret-based preference model"). Under maximum entropy the optimal advantage is alpha * log pi*
 * ("Advantage-policy bijection"), so the comparisons are a classification problem for the policy itself ("CPL loss with
 * conservative bias"): no reward model, no reinforcement learning.
 *
 * The world is a maze of 64 cells, small enough to know the advantages that label the segments and the best policy.
 */
const maze = [
  '........', //
  '........',
  '........',
  '.######.',
  '........',
  '...#####',
  '........',
  '.......G',
];
const gamma = 0.95; // discount, also within a segment
const temperature = 0.1; // of the maximum-entropy problem whose advantages judge the segments
const patience = 60; // steps an evaluated policy has to reach the goal
const batchSize = 64;
const learningRate = 0.05;
const evaluateEvery = 100;

const world = gridworld(maze, { slip: 0.1 });
const best = valueIteration(world, () => -1, { gamma, temperature, sweeps: 400 });
const bestPolicy = softmaxPolicy(best.q, temperature);

// #region snippet cpl-loss
/**
 * Contrastive preference loss of one labelled pair of segments (CPL, arXiv:2310.13639), in nats.
 * logpWin, logpLose: log pi(a|s) of each step of the preferred and of the other segment.
 * lambda: conservative bias; below 1 the losing segment counts less, which keeps the policy on the data.
 * dWin, dLose: derivative of the loss with respect to each of these log-probabilities.
 */
function cplLoss(
  logpWin: number[],
  logpLose: number[],
  alpha: number,
  gamma: number,
  lambda: number,
): { loss: number; dWin: number[]; dLose: number[] } {
  // alpha * log pi stands for the optimal advantage, so a score is a segment's regret with its sign turned.
  const score = (logp: number[]) => logp.reduce((sum, value, t) => sum + gamma ** t * alpha * value, 0);
  const margin = score(logpWin) - lambda * score(logpLose);
  // -log sigmoid(margin), written so that no exponential overflows.
  const loss = Math.max(-margin, 0) + Math.log1p(Math.exp(-Math.abs(margin)));
  const q = 1 / (1 + Math.exp(margin));
  return {
    loss,
    dWin: logpWin.map((_, t) => -q * gamma ** t * alpha),
    dLose: logpLose.map((_, t) => lambda * q * gamma ** t * alpha),
  };
}
// #endregion

/** Consecutive steps; fewer than asked for where the goal was reached. */
type Segment = readonly { readonly state: number; readonly action: number }[];

/** Two compared segments. */
interface Pair {
  readonly win: Segment;
  readonly lose: Segment;
}

/** Behaviour from a random cell: mostly random moves, some of the best policy's. */
function behave(length: number, rng: Rng): Segment {
  const steps: { state: number; action: number }[] = [];
  const randomShare = rng.choice([0.7, 1]);
  let state = rng.choice(world.free);
  while (steps.length < length && !world.isTerminal(state)) {
    const action = rng.uniform() < randomShare ? rng.int(0, world.actions) : rng.weighted(bestPolicy[state]!);
    steps.push({ state, action });
    state = world.step(state, action, rng);
  }
  return steps;
}

/** What the judge of two segments adds up: negative regret, or (the older model of preferences) reward. */
function judge(segment: Segment, by: 'regret' | 'return'): number {
  const merit = (state: number, action: number) => (by === 'regret' ? best.q[state]![action]! - best.v[state]! : -1);
  return segment.reduce((sum, { state, action }, t) => sum + gamma ** t * merit(state, action), 0);
}

/**
 * Learns a number for each state and action with Adam from batches of pairs. `gradientAt` looks at the whole table once
 * an update and returns what adds the gradient of one pair.
 */
function learn(
  pairs: readonly Pair[],
  { updates, decay, rng }: { updates: number; decay: number; rng: Rng },
  gradientAt: (table: Float64Array) => (pair: Pair, sum: Float64Array) => void,
  evaluate: (table: Float64Array, update: number) => void,
): void {
  const table = new Float64Array(world.states * world.actions);
  const step = adam(table.length, { rate: learningRate });
  evaluate(table, 0);
  for (let update = 1; update <= updates; update++) {
    const sum = new Float64Array(table.length);
    const add = gradientAt(table);
    for (let i = 0; i < batchSize; i++) add(rng.choice(pairs), sum);
    for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! / batchSize + decay * table[i]!;
    step(table, sum);
    if (update % evaluateEvery === 0 || update === updates) evaluate(table, update);
  }
}

const index = (state: number, action: number) => state * world.actions + action;
const rowsOf = (table: Float64Array) =>
  bestPolicy.map((row, state) => Array.from(table.subarray(index(state, 0), index(state, row.length))));

/** Gradient of the contrastive loss with respect to a policy's logits ("Gradient weights"). */
function cplGradient(logits: Float64Array, alpha: number, lambda: number) {
  const logPolicy = rowsOf(logits).map(logSoftmax);
  const policy = logPolicy.map((row) => row.map(Math.exp));
  const push = (segment: Segment, weights: readonly number[], sum: Float64Array) => {
    segment.forEach(({ state, action }, t) => {
      policy[state]!.forEach((p, a) => (sum[index(state, a)]! += weights[t]! * ((a === action ? 1 : 0) - p)));
    });
  };
  return ({ win, lose }: Pair, sum: Float64Array) => {
    const logp = (segment: Segment) => segment.map(({ state, action }) => logPolicy[state]![action]!);
    const { dWin, dLose } = cplLoss(logp(win), logp(lose), alpha, gamma, lambda);
    push(win, dWin, sum);
    push(lose, dLose, sum);
  };
}

/** The usual first stage: gradient of the Bradley-Terry loss of a reward for each state and action. */
function rewardGradient(reward: Float64Array) {
  const score = (segment: Segment) =>
    segment.reduce((total, { state, action }, t) => total + gamma ** t * reward[index(state, action)]!, 0);
  return ({ win, lose }: Pair, sum: Float64Array) => {
    const q = logistic(score(lose) - score(win));
    win.forEach(({ state, action }, t) => (sum[index(state, action)]! -= q * gamma ** t));
    lose.forEach(({ state, action }, t) => (sum[index(state, action)]! += q * gamma ** t));
  };
}

/** The usual second stage, done perfectly: plans in the true world for the learned reward. */
function planFor(reward: Float64Array): Policy {
  const { q } = valueIteration(world, (state, action) => reward[index(state, action)]!, { gamma, sweeps: 400 });
  return softmaxPolicy(q, temperature);
}

/** Maximum likelihood on segments: smoothed action counts. */
function imitate(segments: readonly Segment[]): Policy {
  const counts = bestPolicy.map((row) => row.map(() => 0.05));
  for (const { state, action } of segments.flat()) counts[state]![action]!++;
  return counts.map((row) => row.map((count) => count / row.reduce((sum, other) => sum + other)));
}

export default experiment({
  paper: 'cpl',
  question:
    'From comparisons of segments labelled by regret, does the contrastive loss alone recover a good policy, and does the conservative bias matter when data are few?',
  seeds: 8,
  params: {
    pairs: int(1000, { min: 100, max: 5000, about: 'labelled pairs of segments' }),
    segmentLength: int(8, { min: 2, max: 20, about: 'steps of a segment' }),
    lambda: float(0.75, { min: 0.1, max: 1, about: 'conservative bias: weight of the losing segment' }),
    alpha: float(0.1, { min: 0.02, max: 1, about: 'temperature in the loss; the labels were made with 0.1' }),
    labelNoise: float(1, { min: 0, max: 5, about: 'noise of the judge; 0 never errs' }),
    labels: choice('regret', { choices: ['regret', 'return'], about: 'what the judge compares' }),
    updates: int(1500, { min: 100, max: 5000, about: 'gradient steps of everything that learns by gradient' }),
  },
  arms: {
    cpl: { role: 'method', about: 'contrastive loss with the conservative bias' },
    unbiased: { role: 'ablation', about: 'contrastive loss with lambda = 1' },
    sft: { role: 'baseline', about: 'imitates the preferred segments' },
    bc: { role: 'baseline', about: 'imitates all segments' },
    preferenceRl: { role: 'baseline', about: 'fits a reward to the preferences and plans for it' },
    shiftedRl: { role: 'reference', about: 'the same with rewards shifted below 0, a shift that no preference tells' },
  },
  metrics: {
    success: { better: 'higher', unit: 'share', step: 'update', about: 'starts that reach the goal in 60 steps' },
    return: { better: 'higher', unit: 'reward', step: 'update', about: '-1 a step; -60 without the goal' },
    kl_to_best: { better: 'lower', unit: 'nats', step: 'update', about: 'KL(pi* || pi), mean over cells' },
  },
  trial({ arm, params, rng, log, show, progress }) {
    const { lambda, alpha, updates } = params;
    const data = rng.split('data');
    const pairs = Array.from({ length: params.pairs }, (): Pair => {
      const [a, b] = [behave(params.segmentLength, data), behave(params.segmentLength, data)];
      const first = prefersFirst(judge(a, params.labels), judge(b, params.labels), data, params.labelNoise);
      return first ? { win: a, lose: b } : { win: b, lose: a };
    });

    const evaluate = (policy: Policy, update: number) => {
      const { success, steps } = timeToEnd(world, policy, patience);
      const overCells = (of: (cell: number) => number) => mean(world.free.map(of));
      const divergence = (cell: number) =>
        bestPolicy[cell]!.reduce((sum, p, action) => sum + p * Math.log(p / policy[cell]![action]!), 0);
      log(update, {
        success: overCells((cell) => success[cell]!),
        return: -overCells((cell) => steps[cell]!),
        kl_to_best: overCells(divergence),
      });
      progress(update / updates);
      const title = `Policy of ${arm}, and how surely it reaches the goal`;
      show('policy', gridworldFigure(world, { title, policy, values: success, label: 'success', min: 0, max: 1 }));
    };

    const learning = { updates, rng: rng.split('batches') };
    if (arm === 'cpl' || arm === 'unbiased') {
      const gradientAt = (logits: Float64Array) => cplGradient(logits, alpha, arm === 'cpl' ? lambda : 1);
      learn(pairs, { ...learning, decay: 0 }, gradientAt, (logits, update) =>
        evaluate(softmaxPolicy(rowsOf(logits), 1), update),
      );
    } else if (arm === 'sft' || arm === 'bc') {
      // No gradient steps: the likelihood has its maximum in closed form.
      const policy = imitate(pairs.flatMap(({ win, lose }) => (arm === 'sft' ? [win] : [win, lose])));
      for (const update of [0, updates]) evaluate(policy, update);
    } else {
      learn(pairs, { ...learning, decay: 1e-3 }, rewardGradient, (reward, update) => {
        const highest = Math.max(...reward);
        evaluate(planFor(arm === 'shiftedRl' ? reward.map((value) => value - highest) : reward), update);
      });
    }
  },
  claim: {
    statement:
      'A purely supervised contrastive loss on regret-labelled segments yields a policy far better than imitating the preferred segments, without reward learning or RL, and the bias lambda < 1 is what makes it work on limited data.',
    check: ({ final }) => [
      atLeast('success, CPL minus SFT', final('cpl', 'success') - final('sft', 'success'), 0.15),
      atLeast('return, CPL minus SFT', final('cpl', 'return') - final('sft', 'return'), 10),
      atLeast('success, CPL minus preference RL', final('cpl', 'success') - final('preferenceRl', 'success'), 0.3),
      atMost('KL, CPL over lambda = 1', final('cpl', 'kl_to_best') / final('unbiased', 'kl_to_best'), 0.8),
    ],
  },
});
