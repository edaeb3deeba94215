import { atLeast, atMost, experiment, float, int, logSlope, mean, type Curve, type Rng } from 'marginalia';

// Understanding the Role of Feedback in Online Learning with Switching Costs
// Cheng, Zhou and Ji, ICML 2023, arXiv 2306.09588
//
// Changing the action costs something (equation: Regret with switching costs). A bandit has to switch to see, so its regret
// grows like T^(2/3). A learner that may observe all losses of some rounds without playing them can switch lazily (equation:
// Batched exponential weights with lazy sampling), and its regret falls with the square root of its observations; below
// about T^(2/3) extra observations are of no use (equation: Minimax rates).

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet shrinking-dartboard
/**
 * One update of exponential weights with lazy resampling (equation: Batched exponential weights with lazy sampling).
 *
 * @param weights unnormalised weight of each action, above 0.
 * @param action the action played so far.
 * @param losses loss of every action, in [0, 1].
 * @param eta learning rate.
 * @param rng uniform on [0, 1).
 * @returns the new weights, and the action to play: the old one with probability exp(-eta * losses[action]), else one drawn
 * from the new weights. Over the draws the action has exactly the exponential-weights distribution.
 */
export function shrinkingDartboardStep(
  weights: number[],
  action: number,
  losses: number[],
  eta: number,
  rng: () => number,
): { weights: number[]; action: number } {
  const updated = weights.map((weight, a) => weight * Math.exp(-eta * losses[a]!));
  if (rng() < updated[action]! / weights[action]!) return { weights: updated, action };
  let left = rng() * updated.reduce((sum, weight) => sum + weight, 0);
  const drawn = updated.findIndex((weight) => (left -= weight) < 0);
  return { weights: updated, action: drawn < 0 ? updated.length - 1 : drawn };
}
// #endregion

/** What one game cost: rounds on a wrong action, and changes of action. */
interface Game {
  readonly wrongRounds: number;
  readonly switches: number;
}

/** Plays with `budget` single-action observations: all losses of one random round in each batch. */
function observationLearner(game: Testbed, rng: Rng, budget: number, lazy: boolean): Game {
  const { rounds, actions } = game;
  const batches = Math.max(1, Math.floor(budget / actions));
  const length = Math.ceil(rounds / batches);
  const eta = Math.sqrt((8 * Math.log(actions)) / batches);
  let weights = new Array<number>(actions).fill(1);
  let action = rng.int(0, actions);
  let wrongRounds = 0;
  let switches = 0;
  for (let start = 0; start < rounds; start += length) {
    if (action !== game.best) wrongRounds += Math.min(length, rounds - start);
    const losses = game.lossesOfOneRound(rng);
    const before = action;
    if (lazy) {
      ({ weights, action } = shrinkingDartboardStep(weights, action, losses, eta, () => rng.uniform()));
    } else {
      weights = weights.map((weight, a) => weight * Math.exp(-eta * losses[a]!));
      action = rng.weighted(weights);
    }
    if (action !== before) switches++;
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    // After the keep-test, which needs unnormalised weights, a common factor is free: it keeps them from underflow.
    if (total < 1e-200) weights = weights.map((weight) => weight / total);
  }
  return { wrongRounds, switches };
}

/** Exp3 on batches: sees only the average loss of the action it plays, and so has to switch to see. */
function banditLearner(game: Testbed, rng: Rng, batches: number): Game {
  const { rounds, actions } = game;
  const eta = Math.sqrt((2 * Math.log(actions)) / (batches * actions));
  const estimates = new Array<number>(actions).fill(0);
  let action = -1;
  let wrongRounds = 0;
  let switches = 0;
  for (let b = 0; b < batches; b++) {
    const length = Math.floor(((b + 1) * rounds) / batches) - Math.floor((b * rounds) / batches);
    const least = Math.min(...estimates);
    const weights = estimates.map((estimate) => Math.exp(-eta * (estimate - least)));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const next = rng.weighted(weights);
    if (action >= 0 && next !== action) switches++;
    action = next;
    if (action !== game.best) wrongRounds += length;
    estimates[action]! += game.averageLoss(action, length, rng) / (weights[action]! / total);
  }
  return { wrongRounds, switches };
}

// --- The testbed: a game with one better action ---------------------------------------------------------------------------

type Testbed = ReturnType<typeof bernoulliGame>;

/** Losses are coin flips: 1/2 - gap for the best action, 1/2 for the others. */
function bernoulliGame(rounds: number, actions: number, gap: number, rng: Rng) {
  const best = rng.int(0, actions);
  const loss = (action: number, draws: Rng) => Number(draws.uniform() < (action === best ? 0.5 - gap : 0.5));
  return {
    rounds,
    actions,
    best,
    lossesOfOneRound: (draws: Rng) => Array.from({ length: actions }, (_, action) => loss(action, draws)),
    /** Average of `length` losses of one action. */
    averageLoss(action: number, length: number, draws: Rng) {
      let sum = 0;
      for (let i = 0; i < length; i++) sum += loss(action, draws);
      return sum / length;
    },
  };
}

// --- The experiment -----------------------------------------------------------------------------------------------------

const gaps = [0.01, 0.02, 0.04, 0.08, 0.16, 0.3];
const horizonFactors = [1 / 4, 1, 4];
const barrier = (rounds: number) => Math.round(rounds ** (2 / 3));

const onLogAxes = { better: 'lower', stepScale: 'log', scale: 'log' } as const;

export default experiment({
  paper: 'switching-cost-feedback',
  question:
    'How does regret with unit switching costs fall with the number of observations, and when do extra observations start to help a bandit learner?',
  params: {
    horizon: int(20000, { min: 2000, max: 100000, about: 'rounds T; a quarter and four times as many are run too' }),
    actions: int(2, { min: 2, max: 10, about: 'number of actions K' }),
    switch_cost: float(1, { min: 0, max: 5, about: 'cost of a change of action' }),
    repetitions: int(16, { min: 1, max: 100, about: 'games for each gap in one trial' }),
  },
  arms: {
    observations: { role: 'method', about: 'exponential weights on observed rounds, switching lazily' },
    bandit: { role: 'baseline', about: 'batched Exp3 with about T^(2/3) batches; sees what it plays' },
    resampling: { role: 'ablation', about: 'the same observations, the action drawn anew after each' },
  },
  metrics: {
    regret: {
      ...onLogAxes,
      unit: 'loss',
      step: 'observation budget B',
      about: 'mean regret with switches at the worst gap; for the bandit the same at every budget',
    },
    switches: { ...onLogAxes, unit: 'switches', step: 'observation budget B', about: 'mean number, at the worst gap' },
    regret_by_horizon: { ...onLogAxes, unit: 'loss', step: 'rounds T', about: "the bandit's regret at the worst gap" },
    regret_by_batches: { ...onLogAxes, unit: 'loss', step: 'batches', about: "the bandit's regret at the worst gap" },
  },

  trial({ arm, params, rng, log, progress }) {
    const { horizon, actions, switch_cost, repetitions } = params;

    /** Mean regret and switches at the gap where the regret is worst. */
    function worstGap(rounds: number, name: string, play: (game: Testbed, draws: Rng) => Game) {
      let worst = { regret: -Infinity, switches: 0 };
      for (const gap of gaps) {
        const games = Array.from({ length: repetitions }, (_, i) => {
          const draws = rng.split(`${name} ${gap} ${i}`);
          return play(bernoulliGame(rounds, actions, gap, draws), draws);
        });
        const switches = mean(games.map((game) => game.switches));
        const regret = gap * mean(games.map((game) => game.wrongRounds)) + switch_cost * switches;
        if (regret > worst.regret) worst = { regret, switches };
      }
      return worst;
    }

    const played = (rounds: number, name: string, budget: number) =>
      worstGap(rounds, name, (game, draws) =>
        arm === 'bandit'
          ? banditLearner(game, draws, barrier(rounds))
          : observationLearner(game, draws, budget, arm === 'observations'),
      );

    const budgets = budgetsFor(horizon);
    const banditAlone = arm === 'bandit' ? played(horizon, 'bandit', 0) : undefined;
    for (const [i, budget] of budgets.entries()) {
      const { regret, switches } = banditAlone ?? played(horizon, `budget ${budget}`, budget);
      log(budget, { regret, switches });
      progress((i + 1) / budgets.length);
    }
    if (arm === 'bandit') {
      for (const factor of horizonFactors) {
        const rounds = Math.round(horizon * factor);
        log(rounds, { regret_by_horizon: played(rounds, `horizon ${rounds}`, 0).regret });
      }
      for (const batches of upTo(horizon, [50, 200, barrier(horizon), 3000, horizon])) {
        const { regret } = worstGap(horizon, `batches ${batches}`, (game, draws) =>
          banditLearner(game, draws, batches),
        );
        log(batches, { regret_by_batches: regret });
      }
    }
  },

  claim: {
    statement:
      'With switching costs regret falls as T / sqrt(B) in the number of free observations, observations below about T^(2/3) do not beat plain bandit feedback, and bandit feedback alone is stuck at T^(2/3) although it makes T observations.',
    check({ curve, paired }) {
      const slope = ({ steps, values }: Curve) => logSlope(steps, values);
      const withoutFirst = ({ steps, values }: Curve) => logSlope(steps.slice(1), values.slice(1));
      const budgetSlope = curve('observations', 'regret', withoutFirst, 'mean');
      const horizonSlope = curve('bandit', 'regret_by_horizon', slope, 'mean');
      /** Regret with the i-th budget over the bandit's. */
      const overBandit = (i: number) =>
        paired((of) => of('observations', 'regret').values.at(i)! / of('bandit', 'regret').values.at(i)!, 'mean');
      return [
        atMost('exponent of regret in observations', budgetSlope, -0.36),
        atLeast('exponent of regret in observations', budgetSlope, -0.62),
        atLeast('regret over the bandit, B = T^(2/3) / 8', overBandit(0), 0.9),
        atMost('regret over the bandit, B = 8 T^(2/3)', overBandit(5), 0.5),
        atMost('regret over the bandit, B = T', overBandit(-1), 1 / 3),
        atLeast('exponent of the bandit in T', horizonSlope, 0.58),
        atMost('exponent of the bandit in T', horizonSlope, 0.78),
      ];
    },
  },
});

/** From T^(2/3) / 8, where observations are too few to help, up to one for every round. */
function budgetsFor(horizon: number): number[] {
  const scale = barrier(horizon);
  return upTo(horizon, [scale / 8, horizon / 100, scale / 2, scale * 2, scale * 4, scale * 8, horizon * 0.6, horizon]);
}

/** Whole numbers in ascending order, each once: of a short horizon some are beyond it. */
function upTo(horizon: number, counts: readonly number[]): number[] {
  const whole = counts.map(Math.round).filter((count) => count <= horizon);
  return [...new Set(whole)].sort((a, b) => a - b);
}
