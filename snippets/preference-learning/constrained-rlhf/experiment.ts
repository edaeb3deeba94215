import { atLeast, atMost, experiment, float, int, logistic, logitGradient, logProbabilities, mean } from 'marginalia';
import { sampleResponse, sumAlong, tokenMdp, type Curve, type Figure, type TokenResponse } from 'marginalia';

// Confronting Reward Model Overoptimization with Constrained RLHF
// Moskovitz, Singh, Strouse, Sandholm, Salakhutdinov, Dragan and McAleer, ICLR 2024, arXiv 2310.04373
//
// A reward model is worth optimising up to its proxy point only. So the policy stays near the reference while every reward
// model's mean score sits at its threshold (equation: Constrained problem); Lagrange multipliers weigh the rewards (equations:
// Lagrangian saddle point, Mixed advantage) and move with the violation (equation: Multiplier step). With tanh they can turn
// negative and push a reward down again (xi-PPO); with a sigmoid they cannot (mu-PPO).
// Here responses are 16 tokens of a policy in a table. Two proxies count the tokens of two overlapping sets; a hidden
// evaluation is best where the shares are 0.42 and 0.55. Both proxies together are highest where one token is repeated.

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet constrained-rlhf
/**
 * Advantages for one policy-gradient step of constrained RLHF (arXiv 2310.04373): (N - sum lambda) A0 + sum lambda_i A_i.
 *
 * klAdv: advantage of the KL reward for each of B samples; rewardAdvs: N x B, of each reward model; all of them normalised
 * over the batch to mean 0 and deviation 1. multipliers: N raw numbers, squashed here: 'tanh' for scores that shall equal
 * their thresholds (xi-PPO), 'sigmoid' for scores that shall reach them (mu-PPO).
 */
function mixedAdvantage(
  klAdv: number[],
  rewardAdvs: number[][],
  multipliers: number[],
  squash: 'tanh' | 'sigmoid',
): number[] {
  const lambda = multipliers.map((raw) => (squash === 'tanh' ? Math.tanh(raw) : 1 / (1 + Math.exp(-raw))));
  const rest = lambda.reduce((left, l) => left - l, lambda.length);
  return klAdv.map((a0, b) => lambda.reduce((sum, l, i) => sum + l * rewardAdvs[i]![b]!, rest * a0));
}

/** One step of a raw multiplier: down while the mean score of its reward model, as it is, lies above the threshold. */
function multiplierStep(
  raw: number,
  meanReward: number,
  threshold: number,
  rate: number,
  squash: 'tanh' | 'sigmoid',
): number {
  const slope = squash === 'tanh' ? 1 - Math.tanh(raw) ** 2 : 1 / (2 + Math.exp(raw) + Math.exp(-raw));
  return raw - rate * slope * (meanReward - threshold);
}
// #endregion

/** To mean 0 and standard deviation 1. */
function normalise(values: readonly number[]): number[] {
  const center = mean([...values]);
  const spread = Math.sqrt(mean(values.map((value) => (value - center) ** 2))) + 1e-8;
  return values.map((value) => (value - center) / spread);
}

// --- The testbed: two proxies and what they stand for --------------------------------------------------------------------

const vocabulary = 10;
const horizon = 16;
const batch = 64;
const policyRate = 2;
const goldAt = [0.42, 0.55] as const;

/** Shares of the tokens 0 to 3, and of three tokens of which the first `overlap` are among those. */
function proxies({ tokens }: TokenResponse, overlap: number): readonly [number, number] {
  const share = (from: number, to: number) => tokens.filter((token) => token >= from && token < to).length / horizon;
  return [share(0, 4), share(4 - overlap, 7 - overlap)];
}

/** The hidden evaluation: 1 at its optimum, and falling on both sides of it. */
const gold = (m: number, i: number) => Math.exp(-(((m - goldAt[0]) / 0.22) ** 2) - ((i - goldAt[1]) / 0.22) ** 2);

// --- The experiment -----------------------------------------------------------------------------------------------------

const arms = {
  xi_ppo: { role: 'method', about: 'multipliers of either sign hold both proxies at their thresholds' },
  mu_ppo: { role: 'method', about: 'positive multipliers hold both proxies above their thresholds' },
  fixed_multipliers: { role: 'ablation', about: 'the same mixed advantage with both multipliers at 0.5' },
  ppo_002: { role: 'baseline', about: 'mean of both proxies with a KL penalty of weight 0.02 / 16' },
  ppo_025: { role: 'baseline', about: 'the same with weight 0.25 / 16' },
  ppo_05: { role: 'baseline', about: 'the same with weight 0.5 / 16' },
  ppo_1: { role: 'baseline', about: 'the same with weight 1 / 16' },
  sat_002: { role: 'baseline', about: 'PPO-SAT: each proxy cut off at its threshold, KL weight 0.02 / 16' },
  sat_025: { role: 'baseline', about: 'the same with weight 0.25 / 16' },
  sat_05: { role: 'baseline', about: 'the same with weight 0.5 / 16' },
  sat_1: { role: 'baseline', about: 'the same with weight 1 / 16' },
} as const;
type Arm = keyof typeof arms;
const ppo = { ppo_002: 0.02, ppo_025: 0.25, ppo_05: 0.5, ppo_1: 1 };
const sat = { sat_002: 0.02, sat_025: 0.25, sat_05: 0.5, sat_1: 1 };
/** KL weights of the arms with fixed weights. */
const klWeights: Readonly<Record<string, number>> = { ...ppo, ...sat };

export default experiment({
  paper: 'constrained-rlhf',
  question:
    'When two proxy rewards are useful only up to a point, does holding them at their proxy points with learned multipliers preserve true quality where a fixed-weight sum destroys it?',
  seeds: 5,
  params: {
    iterations: int(400, { min: 50, max: 2000, about: 'policy updates of 64 responses' }),
    theta1: float(0.42, { min: 0.1, max: 0.95, about: 'threshold of proxy 1; the best quality stays at 0.42' }),
    theta2: float(0.55, { min: 0.1, max: 0.95, about: 'threshold of proxy 2; the best quality stays at 0.55' }),
    multiplierRate: float(0.5, { min: 0.02, max: 5, about: 'step size of the multipliers' }),
    overlap: int(1, { min: 0, max: 2, about: 'tokens that count for both proxies' }),
  },
  arms,
  metrics: {
    gold: { better: 'higher', unit: '0 to 1', step: 'iteration', about: 'hidden evaluation, mean of the batch' },
    proxy1: { better: 'neither', unit: 'share', step: 'iteration', about: 'mean of proxy 1' },
    proxy2: { better: 'neither', unit: 'share', step: 'iteration', about: 'mean of proxy 2' },
    kl: { better: 'lower', unit: 'nats', step: 'iteration', about: 'to the reference, a response' },
    lambda1: {
      better: 'neither',
      unit: 'weight',
      step: 'iteration',
      about: 'multiplier of proxy 1, or its fixed weight',
    },
    lambda2: {
      better: 'neither',
      unit: 'weight',
      step: 'iteration',
      about: 'multiplier of proxy 2, or its fixed weight',
    },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const { iterations, theta1, theta2, multiplierRate, overlap } = params;
    const mdp = tokenMdp(rng, { vocabulary, horizon, referenceDeviation: 0, rewardDeviation: 0 });
    const responses = rng.split('responses');
    const logReference = horizon * -Math.log(vocabulary);
    const logits = new Float64Array(mdp.size);
    const squash = arm === 'mu_ppo' ? 'sigmoid' : 'tanh';
    const klWeight = klWeights[arm];
    const theta = [theta1, theta2] as const;
    // The slope of a sigmoid is a quarter of that of tanh where both begin.
    const rates = { tanh: multiplierRate, sigmoid: 4 * multiplierRate };
    const isLearning = arm === 'xi_ppo' || arm === 'mu_ppo';
    const raw = isLearning ? [0, 0] : [Math.atanh(0.5), Math.atanh(0.5)];
    const path: (readonly [number, number])[] = [];

    for (let iteration = 0; iteration < iterations; iteration++) {
      const logPolicy = logProbabilities(mdp, logits);
      const drawn = Array.from({ length: batch }, () => sampleResponse(mdp, logPolicy, responses));
      const klReward = drawn.map((response) => logReference - sumAlong(logPolicy, response));
      const scores = drawn.map((response) => proxies(response, overlap));
      const [m, i] = [scores.map(([share]) => share), scores.map(([, share]) => share)];
      const means = [mean(m), mean(i)] as const;

      let advantages: number[];
      if (klWeight !== undefined) {
        const cut = arm in sat ? theta : ([1, 1] as const);
        const reward = (b: number) =>
          0.5 * Math.min(m[b]!, cut[0]) + 0.5 * Math.min(i[b]!, cut[1]) + (klWeight / horizon) * klReward[b]!;
        advantages = normalise(drawn.map((_, b) => reward(b)));
      } else {
        advantages = mixedAdvantage(normalise(klReward), [normalise(m), normalise(i)], raw, squash);
      }
      const weights = new Float64Array(mdp.size);
      drawn.forEach(({ cells }, b) => {
        for (const cell of cells) weights[cell]! += (policyRate * advantages[b]!) / batch;
      });
      logitGradient(mdp, logPolicy, weights).forEach((change, cell) => (logits[cell]! += change));

      const lambda = raw.map((x) => (squash === 'tanh' ? Math.tanh(x) : logistic(x)));
      log(iteration, {
        gold: mean(scores.map(([a, b]) => gold(a, b))),
        proxy1: means[0],
        proxy2: means[1],
        kl: -mean(klReward),
        lambda1: lambda[0]!,
        lambda2: lambda[1]!,
      });
      if (isLearning) {
        raw.forEach((x, k) => (raw[k] = multiplierStep(x, means[k]!, theta[k]!, rates[squash], squash)));
      }
      path.push(means);
      if (iteration % 20 === 0) progress(iteration / iterations);
    }
    show('path', pathFigure(path));
  },
  claim: {
    statement:
      'Summing proxies over-optimises: true quality rises, then falls. Constrained RLHF holds every proxy at its threshold and ends above the best quality that the sum passes through with any KL weight tried.',
    check: ({ curve, paired }) => {
      type Of = (arm: Arm, metric: 'gold') => Curve;
      const late = ({ values }: Curve) => mean(values.slice(-40));
      const peak = ({ values }: Curve) => Math.max(...values.slice(9).map((_, t) => mean(values.slice(t, t + 10))));
      const best = (of: Of, rivals: object) =>
        Math.max(...Object.keys(rivals).map((rival) => late(of(rival as Arm, 'gold'))));
      const overPeak = (arm: Arm) => paired((of: Of) => late(of(arm, 'gold')) / peak(of('ppo_002', 'gold')));
      const overBest = (rivals: object) => paired((of: Of) => late(of('xi_ppo', 'gold')) / best(of, rivals));
      const distance = (arm: Arm, metric: 'proxy1' | 'proxy2') =>
        curve(arm, metric, (one) => Math.abs(late(one) - goldAt[metric === 'proxy1' ? 0 : 1]));
      return [
        atLeast('quality of xi-PPO over the best of PPO with any KL weight', overBest(ppo), 1.1),
        atLeast('quality of xi-PPO over the best of PPO-SAT with any KL weight', overBest(sat), 0.9),
        atLeast('quality at the end over the peak of PPO, xi-PPO', overPeak('xi_ppo'), 1),
        atMost('quality at the end over the peak of PPO, PPO', overPeak('ppo_002'), 0.5),
        atMost('quality at the end over the peak of PPO, PPO-SAT', overPeak('sat_002'), 0.85),
        ...(['xi_ppo', 'mu_ppo'] as const).flatMap((arm) => [
          atMost(`proxy 1 away from its threshold, ${arm}`, distance(arm, 'proxy1'), 0.05),
          atMost(`proxy 2 away from its threshold, ${arm}`, distance(arm, 'proxy2'), 0.05),
        ]),
      ];
    },
  },
});

/** Where the proxies went, over the quality that they stand for. */
function pathFigure(path: readonly (readonly [number, number])[]): Figure {
  const grid = Array.from({ length: 41 }, (_, n) => n / 40);
  const values = grid.map((i) => grid.map((m) => gold(m, i)));
  return {
    title: 'Mean proxies, from the reference on, over the hidden quality',
    x: { label: 'proxy 1', min: 0, max: 1 },
    y: { label: 'proxy 2', min: 0, max: 1 },
    layers: [
      { type: 'heatmap', label: 'quality', min: 0, max: 1, values },
      { type: 'line', label: 'policy', x: path.map(([m]) => m), y: path.map(([, i]) => i) },
    ],
  };
}
