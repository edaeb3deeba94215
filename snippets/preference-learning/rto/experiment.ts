import {
  adam,
  atLeast,
  atMost,
  bradleyTerryGradient,
  dpoGradient,
  experiment,
  expectedSum,
  float,
  int,
  logitGradient,
  logProbabilities,
  mean,
  optimalPolicy,
  prefersFirst,
  sampleResponse,
  sumAlong,
  tokenMdp,
  type Curve,
  type ResponsePair,
  type Rng,
  type TokenMdp,
  type TokenResponse,
} from 'marginalia';

/**
 * Reinforced Token Optimization (Zhong et al., 2024, arXiv:2404.18922).
 *
 * A policy trained by DPO tells with its log-ratio to the reference what each token is worth ("Why the log-ratio is a
 * token reward"). RTO gives these log-ratios to PPO as token rewards, besides the usual score of the whole response on
 * its last token and the KL penalty ("Token-wise reward of RTO"), so that PPO need not guess which tokens earned it.
 *
 * A response is 24 tokens of a vocabulary of 8 with a hidden reward for each token in its place. Policies are tables, so
 * that what a policy really earns is computed exactly. Everything is learned from the same preferences of responses.
 */
const vocabulary = 8;
const batchSize = 64; // pairs
const stageRate = 0.02; // of DPO and of the reward model
const dpoBeta = 0.1;
const responsesPerIteration = 32;
const epochs = 4;
const clip = 0.2;
const policyRate = 1;
const criticRate = 0.06;
const gaeLambda = 0.95;

// #region snippet rto-reward
/**
 * Reward of each token of one response (RTO, arXiv:2404.18922).
 * logpDpo, logpRef, logpPolicy: log-probability of each token under the DPO policy, the reference (SFT) policy and the
 * policy in training, in nats. sentenceReward: the reward model's score of the response, added to its last token.
 * beta1: scale of the DPO log-ratio, small; beta2: KL penalty; beta3: weight of the sentence reward, usually 1.
 */
function rtoTokenRewards(
  logpDpo: number[],
  logpRef: number[],
  logpPolicy: number[],
  sentenceReward: number,
  beta1: number,
  beta2: number,
  beta3: number,
): number[] {
  return logpDpo.map((dpo, h) => {
    const shaping = beta1 * (dpo - logpRef[h]!);
    const penalty = beta2 * (logpPolicy[h]! - logpRef[h]!);
    return shaping - penalty + (h === logpDpo.length - 1 ? beta3 * sentenceReward : 0);
  });
}
// #endregion

/** What a stage of supervised learning gets. */
interface Data {
  readonly pairs: readonly ResponsePair[];
  readonly updates: number;
  readonly rng: Rng;
}

/** Changes a table by Adam on batches of pairs. */
function learn(
  table: Float64Array,
  { pairs, updates, rng }: Data,
  gradientAt: (batch: readonly ResponsePair[]) => Float64Array,
): Float64Array {
  const step = adam(table.length, { rate: stageRate });
  for (let update = 0; update < updates; update++) {
    step(table, gradientAt(Array.from({ length: batchSize }, () => rng.choice(pairs))));
  }
  return table;
}

/** The first stage of RTO ("DPO stage"): log-probabilities of the policy trained by DPO. */
function trainDpo(mdp: TokenMdp, data: Data): Float64Array {
  const logReference = logProbabilities(mdp, mdp.reference);
  const logits = mdp.reference.slice();
  learn(logits, data, (batch) => {
    return dpoGradient(mdp, logProbabilities(mdp, logits), logReference, batch, dpoBeta);
  });
  return logProbabilities(mdp, logits);
}

/** The usual reward model, fitted by Bradley-Terry: a score for each token in its place, of which only sums are used. */
function trainRewardModel(mdp: TokenMdp, data: Data): Float64Array {
  const scores = new Float64Array(mdp.size);
  return learn(scores, data, (batch) => {
    return bradleyTerryGradient(scores, batch).map((slope, cell) => slope + 1e-4 * scores[cell]!);
  });
}

/** Proximal policy optimisation from the reference, with any reward for tokens; calls back after every iteration. */
function ppo(
  mdp: TokenMdp,
  iterations: number,
  rng: Rng,
  tokenRewards: (response: TokenResponse, logPolicy: Float64Array) => number[],
  afterIteration: (iteration: number, logPolicy: Float64Array) => void,
): void {
  const logits = mdp.reference.slice();
  const critic = new Float64Array(mdp.rows);
  let logPolicy = logProbabilities(mdp, logits);
  afterIteration(0, logPolicy);
  for (let iteration = 1; iteration <= iterations; iteration++) {
    const before = logPolicy;
    const responses = Array.from({ length: responsesPerIteration }, () => sampleResponse(mdp, before, rng));
    const advantages = responses.map((response) => {
      const rewards = tokenRewards(response, before);
      const estimates = new Array<number>(mdp.horizon);
      let [later, next] = [0, 0];
      for (let t = mdp.horizon - 1; t >= 0; t--) {
        const value = critic[response.rows[t]!]!;
        later = rewards[t]! + next - value + gaeLambda * later;
        [estimates[t], next] = [later, value];
      }
      return estimates;
    });
    const targets = responses.map(({ rows }, i) => rows.map((row, t) => critic[row]! + advantages[i]![t]!));
    const center = mean(advantages.flat());
    const spread = Math.sqrt(mean(advantages.flat().map((advantage) => (advantage - center) ** 2))) + 1e-8;

    for (let epoch = 0; epoch < epochs; epoch++) {
      const weights = new Float64Array(mdp.size);
      responses.forEach(({ rows, cells }, i) => {
        cells.forEach((cell, t) => {
          const advantage = (advantages[i]![t]! - center) / spread;
          const ratio = Math.exp(logPolicy[cell]! - before[cell]!);
          const clipped = advantage > 0 ? ratio > 1 + clip : ratio < 1 - clip;
          if (!clipped) weights[cell]! += (advantage * ratio) / responsesPerIteration;
          critic[rows[t]!]! += criticRate * (targets[i]![t]! - critic[rows[t]!]!);
        });
      });
      const gradient = logitGradient(mdp, logPolicy, weights);
      for (let i = 0; i < logits.length; i++) logits[i]! += policyRate * gradient[i]!;
      logPolicy = logProbabilities(mdp, logits);
    }
    afterIteration(iteration, logPolicy);
  }
}

export default experiment({
  paper: 'rto',
  question:
    'With the same preference data and the same PPO, do DPO token rewards reach a given true reward with fewer samples than the sentence-level reward alone?',
  seeds: 32,
  params: {
    iterations: int(105, { min: 60, max: 400, about: 'PPO iterations of 32 responses' }),
    horizon: int(24, { min: 4, max: 48, about: 'tokens of a response' }),
    pairs: int(2000, { min: 100, max: 10000, about: 'compared pairs of responses' }),
    updates: int(800, { min: 50, max: 5000, about: 'gradient steps of DPO and of the reward model' }),
    beta1: float(0.1, { min: 0, max: 1, about: 'scale of the DPO token reward' }),
    beta2: float(0.01, { min: 0, max: 0.5, about: 'weight of the KL penalty' }),
    beta3: float(1, { min: 0, max: 2, about: 'weight of the sentence reward' }),
  },
  arms: {
    rto: { role: 'method', about: 'PPO with the DPO log-ratio of each token on that token' },
    ppo: { role: 'baseline', about: 'PPO with the sentence reward alone' },
    summed: { role: 'ablation', about: 'PPO with the sum of the same log-ratios on the last token' },
    dpo: { role: 'reference', about: 'the DPO policy itself, no reinforcement learning' },
  },
  metrics: {
    progress: { better: 'higher', unit: 'share', step: 'iteration', about: 'true reward: 0 reference, 1 best policy' },
    kl: { better: 'neither', unit: 'nats', step: 'iteration', about: 'KL from the reference, a response' },
  },
  trial({ arm, params, rng, log, show, progress }) {
    const { iterations, horizon, updates, beta1, beta2, beta3 } = params;
    const mdp = tokenMdp(rng.split('world'), { vocabulary, horizon, referenceDeviation: 0.7, rewardDeviation: 0.4 });
    const logReference = logProbabilities(mdp, mdp.reference);
    const worst = expectedSum(mdp, logReference, mdp.reward);
    const best = expectedSum(mdp, optimalPolicy(mdp, 0.05).logPolicy, mdp.reward);
    const evaluate = (iteration: number, logPolicy: Float64Array) => {
      const divergence = logPolicy.map((value, cell) => value - logReference[cell]!);
      log(iteration, {
        progress: (expectedSum(mdp, logPolicy, mdp.reward) - worst) / (best - worst),
        kl: expectedSum(mdp, logPolicy, divergence),
      });
      progress(iteration / iterations);
    };

    const data = rng.split('data');
    const pairs = Array.from({ length: params.pairs }, (): ResponsePair => {
      const [a, b] = [sampleResponse(mdp, logReference, data), sampleResponse(mdp, logReference, data)];
      const first = prefersFirst(sumAlong(mdp.reward, a), sumAlong(mdp.reward, b), data);
      return first ? { win: a, lose: b } : { win: b, lose: a };
    });
    const logDpo = trainDpo(mdp, { pairs, updates, rng: rng.split('dpo') });
    if (arm === 'dpo') {
      for (const iteration of [0, iterations]) evaluate(iteration, logDpo);
      return;
    }

    const scores = trainRewardModel(mdp, { pairs, updates, rng: rng.split('reward model') });
    const along = (table: Float64Array, { cells }: TokenResponse) => cells.map((cell) => table[cell]!);
    const tokenRewards = (response: TokenResponse, logPolicy: Float64Array) => {
      const [dpo, reference] = [along(logDpo, response), along(logReference, response)];
      const sum = arm === 'summed' ? beta1 * (sumAlong(logDpo, response) - sumAlong(logReference, response)) : 0;
      const shaping = arm === 'rto' ? beta1 : 0;
      const sentence = sumAlong(scores, response);
      const rewards = rtoTokenRewards(dpo, reference, along(logPolicy, response), sentence, shaping, beta2, beta3);
      rewards[rewards.length - 1]! += sum;
      return rewards;
    };
    ppo(mdp, iterations, rng.split('ppo'), tokenRewards, evaluate);

    const shown = sampleResponse(mdp, logReference, rng.split('shown'));
    const ratios = shown.cells.map((cell) => dpoBeta * (logDpo[cell]! - logReference[cell]!));
    show('tokens', {
      title: 'What DPO says each token is worth (top) and its hidden reward (bottom)',
      x: { label: 'token', min: 0, max: horizon },
      y: { label: '', min: 0, max: 2, categories: ['hidden reward', 'DPO log-ratio'] },
      layers: [{ type: 'heatmap', label: 'reward', values: [along(mdp.reward, shown), ratios] }],
    });
  },
  claim: {
    statement:
      'DPO-derived token rewards make PPO more sample-efficient than the sentence-level reward, and the gain comes from placing them on tokens.',
    check: ({ at, curve }) => {
      const early = (arm: 'rto' | 'ppo' | 'summed') => at(arm, 'progress', 50, 'iqm');
      const firstAboveHalf = ({ steps, values }: Curve) => {
        const reached = values.findIndex((value) => value > 0.5);
        return reached < 0 ? steps.at(-1)! + 1 : steps[reached]!;
      };
      const toHalf = (arm: 'rto' | 'ppo') => curve(arm, 'progress', firstAboveHalf, 'iqm');
      return [
        atLeast('progress at iteration 50, RTO minus PPO', early('rto') - early('ppo'), 0.05),
        atLeast('progress at iteration 50, RTO minus summed', early('rto') - early('summed'), 0.05),
        atMost('iterations to half the progress, RTO over PPO', toHalf('rto') / toHalf('ppo'), 0.9),
      ];
    },
  },
});
