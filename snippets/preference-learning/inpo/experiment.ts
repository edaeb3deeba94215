import { adam, atLeast, atMost, experiment, float, int, logistic, logSoftmax, logSumExp, mean } from 'marginalia';
import type { Curve, Figure, Rng } from 'marginalia';

// Iterative Nash Policy Optimization: Aligning LLMs with General Preferences via No-Regret Learning
// Zhang, Yu, Peng, Song, Tian, Huo, Jiang, Mi and Yu, ICLR 2025, arXiv 2407.00617
//
// Preferences are the win probabilities of a game that a policy plays against itself (equation: KL-regularised preference
// game). Mirror descent would need the win rate of every response (equation: Online mirror descent in self-play); INPO needs
// labelled pairs only, since its squared loss has the same step as its least (equations: Log-ratio to be matched, INPO loss).
// Here nine responses in three groups beat each other in a cycle, so that no reward explains the labels, and how far a policy
// is from the Nash policy is computed exactly. Every arm fits the same number of labelled pairs from its own policy a round.

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet inpo-loss
/**
 * Loss of one labelled pair in Iterative Nash Policy Optimization (INPO, arXiv 2407.00617). Both responses are drawn from
 * the current policy; the loss is least, over all policies, at one step of mirror descent from there.
 *
 * logpWin, logpLose: log-probabilities of the two responses (nats) under the policy in training, refWin and refLose under
 * the reference, curWin and curLose under the current policy, which made them. tau: weight of the KL divergence from the
 * reference; eta: inverse step size, above tau.
 */
function inpoLoss(
  logpWin: number,
  logpLose: number,
  refWin: number,
  refLose: number,
  curWin: number,
  curLose: number,
  tau: number,
  eta: number,
): number {
  const share = tau / eta;
  const h = logpWin - logpLose - share * (refWin - refLose) - (1 - share) * (curWin - curLose);
  return (h - 1 / (2 * eta)) ** 2;
}
// #endregion

/** Log-probability of each response. */
type LogPolicy = Float64Array;
/** Derivative of a pair's loss by the winner's log-probability x[w]; by the loser's it is the opposite. */
type Slope = (x: LogPolicy, w: number, l: number) => number;

export const inpoSlope = ({ logReference: ref }: Game, current: LogPolicy, tau: number, eta: number): Slope => {
  const loss = (win: number, lose: number, w: number, l: number) =>
    inpoLoss(win, lose, ref[w]!, ref[l]!, current[w]!, current[l]!, tau, eta);
  return (x, w, l) => loss(x[w]! + 0.5, x[l]!, w, l) - loss(x[w]! - 0.5, x[l]!, w, l); // exact for a square
};

/** The same of DPO's loss, -log logistic(beta * (difference of the log-ratios to the anchor)). */
const dpoSlope =
  (anchor: LogPolicy, beta: number): Slope =>
  (x, w, l) =>
    -beta * logistic(-beta * (x[w]! - anchor[w]! - x[l]! + anchor[l]!));

/** Fits a policy to labelled pairs, `counts[winner][loser]`, by 200 steps of Adam from where it is; Adam minds no scale. */
export function fit(start: LogPolicy, counts: readonly Float64Array[], slope: Slope): LogPolicy {
  const x = Float64Array.from(start);
  const step = adam(x.length, { rate: 0.05 });
  for (let i = 0; i < 200; i++) {
    const gradient = new Float64Array(x.length);
    for (const [w, row] of counts.entries()) {
      for (let l = 0; l < row.length; l++) {
        const push = row[l]! * slope(x, w, l);
        gradient[w]! += push;
        gradient[l]! -= push;
      }
    }
    step(x, gradient);
  }
  return Float64Array.from(logSoftmax(x));
}

/** One step of mirror descent with the true win rates against the current policy. */
export function mirrorStep(game: Game, current: LogPolicy, tau: number, eta: number): LogPolicy {
  const wins = winRates(game, current);
  const past = current.map((log, y) => (tau / eta) * game.logReference[y]! + (1 - tau / eta) * log);
  return Float64Array.from(logSoftmax(past.map((log, y) => log + wins[y]! / eta)));
}

// --- The testbed: a game of preferences ------------------------------------------------------------------------------------

export interface Game {
  /** P(row is preferred to column). */
  readonly wins: readonly Float64Array[];
  readonly logReference: LogPolicy;
}

/** Responses whose number modulo 3 is their group; a group beats the one before it. */
export function createGame(responses: number, rng: Rng): Game {
  const wins = Array.from({ length: responses }, () => new Float64Array(responses).fill(0.5));
  for (let i = 0; i < responses; i++) {
    for (let j = 0; j < i; j++) {
      wins[i]![j] = logistic([0, 2, -2][(i - j) % 3]! + rng.normal(0, 0.6));
      wins[j]![i] = 1 - wins[i]![j]!;
    }
  }
  const logits = Array.from({ length: responses }, () => rng.normal(0, 0.8));
  return { wins, logReference: Float64Array.from(logSoftmax(logits)) };
}

/** P(y is preferred to a response of the policy), for every y. */
const winRates = ({ wins }: Game, policy: LogPolicy) =>
  Float64Array.from(wins, (row) => row.reduce((sum, win, y) => sum + win * Math.exp(policy[y]!), 0));

/** What the best response to a policy gains over the game's value, one half. */
const exploitability = (game: Game, policy: LogPolicy) => Math.max(...winRates(game, policy)) - 0.5;

/** The same where both players pay for their divergence from the reference; 0 at the regularised Nash policy alone. */
export function gap(game: Game, policy: LogPolicy, tau: number): number {
  const { logReference } = game;
  const best = tau * logSumExp(winRates(game, policy).map((win, y) => logReference[y]! + win / tau));
  const divergence = policy.reduce((sum, log, y) => sum + Math.exp(log) * (log - logReference[y]!), 0);
  // Rounding can leave a little less than nothing, which has no place on a logarithmic axis.
  return Math.max(best + tau * divergence - 0.5, 1e-12);
}

/** Labels of pairs of responses that a policy makes; pairs of one response twice are left out. */
function labelPairs({ wins }: Game, logPolicy: LogPolicy, pairs: number, rng: Rng): readonly Float64Array[] {
  const policy = logPolicy.map(Math.exp);
  const counts = Array.from(policy, () => new Float64Array(policy.length));
  for (let n = 0; n < pairs; n++) {
    const [a, b] = [rng.weighted(policy), rng.weighted(policy)];
    const aWins = rng.uniform() < wins[a]![b]!;
    if (a !== b) counts[aWins ? a : b]![aWins ? b : a]!++;
  }
  return counts;
}

// --- The experiment -----------------------------------------------------------------------------------------------------

const arms = {
  inpo: { role: 'method', about: 'regression on the labels of pairs from the current policy' },
  dpo_tenth: { role: 'baseline', about: 'iterative DPO with beta 0.1, on pairs from the current policy' },
  dpo_half: { role: 'baseline', about: 'iterative DPO with beta 0.5' },
  dpo_one: { role: 'baseline', about: 'iterative DPO with beta 1' },
  dpo_two: { role: 'baseline', about: 'iterative DPO with beta 2' },
  dpo_four: { role: 'baseline', about: 'iterative DPO with beta 4' },
  reset_eight: { role: 'baseline', about: 'iterative DPO with beta 8 and the current policy as reference' },
  unregularised: { role: 'ablation', about: 'INPO with tau = 0' },
  exact: { role: 'reference', about: 'mirror descent with the true win rates' },
} as const;
const betas = { dpo_tenth: 0.1, dpo_half: 0.5, dpo_one: 1, dpo_two: 2, dpo_four: 4, reset_eight: 8 } as const;

export default experiment({
  paper: 'inpo',
  question:
    'With intransitive preferences, does iterating the INPO regression converge to the regularised Nash policy where iterated DPO does not?',
  seeds: 16,
  params: {
    responses: int(9, { min: 3, max: 60, about: 'responses, in three groups' }),
    rounds: int(60, { min: 12, max: 300, about: 'rounds of self-play' }),
    eta: float(0.5, { min: 0.25, max: 5, about: 'inverse step size of INPO, above tau' }),
    tau: float(0.1, { min: 0.01, max: 0.2, about: 'KL regularisation' }),
    pairs: int(2000, { min: 50, max: 20000, about: 'labelled pairs a round' }),
  },
  arms,
  metrics: {
    gap: { better: 'lower', unit: 'probability', step: 'round', scale: 'log', about: 'regularised exploitability' },
    exploitability: { better: 'lower', unit: 'probability', step: 'round', about: 'the same without regularisation' },
    average: { better: 'lower', unit: 'probability', step: 'round', about: 'exploitability of the mean so far' },
    entropy: { better: 'neither', unit: 'nats', step: 'round', about: 'of the policy' },
  },

  trial({ arm, params, rng, log, show }) {
    const { responses, rounds, eta, pairs } = params;
    const game = createGame(responses, rng.split('game'));
    const labels = rng.split('labels');
    const tau = arm === 'unregularised' ? 0 : params.tau;
    let policy = game.logReference;
    const policies = [policy];
    const sum = new Float64Array(responses);

    for (let round = 1; round <= rounds; round++) {
      if (arm === 'exact') policy = mirrorStep(game, policy, tau, eta);
      else {
        const counts = labelPairs(game, policy, pairs, labels);
        const isInpo = arm === 'inpo' || arm === 'unregularised';
        const anchor = arm === 'reset_eight' ? policy : game.logReference;
        policy = fit(policy, counts, isInpo ? inpoSlope(game, policy, tau, eta) : dpoSlope(anchor, betas[arm]));
      }
      policies.push(policy);
      policy.forEach((log, y) => (sum[y]! += Math.exp(log)));
      const average = sum.map((p) => Math.log(p / round));
      log(round, {
        gap: gap(game, policy, params.tau),
        exploitability: exploitability(game, policy),
        average: exploitability(game, average),
        entropy: -policy.reduce((total, log) => total + Math.exp(log) * log, 0),
      });
    }

    let nash = policy;
    for (let round = 0; round < 1000; round++) nash = mirrorStep(game, nash, params.tau, 1);
    show('simplex', simplexFigure(policies, nash));
    show('wins', winsFigure(game));
  },
  claim: {
    statement:
      'The last iterate of INPO converges to the regularised Nash policy from binary labels alone; iteration after Bradley and Terry collapses onto an exploitable response where it follows the labels, and stays several times further away with every beta tried.',
    check: ({ curve, paired }) => {
      const late = ({ values }: Curve) => mean(values.slice(-10));
      type Of = (arm: keyof typeof arms, metric: 'gap' | 'exploitability') => Curve;
      const rivals = Object.keys(betas) as (keyof typeof betas)[];
      const best = (of: Of) => Math.min(...rivals.map((rival) => late(of(rival, 'gap'))));
      const overBest = paired((of: Of) => best(of) / late(of('inpo', 'gap')));
      const ratio = (of: Of) => late(of('unregularised', 'exploitability')) / late(of('inpo', 'exploitability'));
      return [
        atMost('gap, INPO', curve('inpo', 'gap', late), 0.01),
        atLeast('gap, DPO with the best beta of each game over INPO', overBest, 3),
        atLeast('gap, iterative DPO with beta 0.1', curve('dpo_tenth', 'gap', late), 0.1),
        atLeast('gap, iterative DPO with beta 0.5', curve('dpo_half', 'gap', late), 0.1),
        atMost('gap, exact mirror descent', curve('exact', 'gap', late), 0.001),
        atLeast('exploitability, tau = 0', curve('unregularised', 'exploitability', late), 0.2),
        atLeast('exploitability, tau = 0 over INPO', paired(ratio), 2),
      ];
    },
  },
});

function winsFigure({ wins }: Game): Figure {
  const order = [0, 1, 2].flatMap((group) => [...wins.keys()].filter((y) => y % 3 === group));
  const values = order.map((row) => order.map((column) => wins[row]![column]!));
  const axis = { label: 'response, ordered by group', min: 0, max: wins.length };
  const layer = { type: 'heatmap', label: 'probability', min: 0, max: 1, values } as const;
  return { title: 'How often the row is preferred to the column', x: axis, y: axis, layers: [layer] };
}

/** The mass of each group over the rounds, in a triangle whose corners are the groups. */
function simplexFigure(policies: readonly LogPolicy[], nash: LogPolicy): Figure {
  const mass = (policy: LogPolicy, group: number) =>
    policy.reduce((sum, log, y) => sum + (y % 3 === group ? Math.exp(log) : 0), 0);
  const height = Math.sqrt(0.75);
  const place = (list: readonly LogPolicy[]) => ({
    x: list.map((policy) => mass(policy, 1) + mass(policy, 2) / 2),
    y: list.map((policy) => mass(policy, 2) * height),
  });
  return {
    title: 'Mass of the three groups, round by round',
    x: { label: 'corners: group 0 left, group 1 right, group 2 above', min: 0, max: 1 },
    y: { label: '', min: 0, max: 0.9 },
    layers: [
      { type: 'line', label: 'edges', x: [0, 1, 0.5, 0], y: [0, 0, height, 0] },
      { type: 'line', label: 'policy', ...place(policies) },
      { type: 'points', label: 'regularised Nash policy', ...place([nash]) },
    ],
  };
}
