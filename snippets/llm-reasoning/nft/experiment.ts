import {
  adam,
  atLeast,
  atMost,
  chainAccuracy,
  chainExpectedSum,
  chainPolicy,
  chainPrompts,
  experiment,
  float,
  int,
  logitGradient,
  logProbabilities,
  modularChain,
  sampleSolution,
  type ChainSolution,
  type ModularChain,
} from 'marginalia';

// Bridging Supervised Learning and Reinforcement Learning in Math Reasoning
// Chen, Zheng, Zhang, Cui, Cui, Ye, Lin, Liu, Zhu and Wang, 2025, arXiv 2505.18116
//
// The policy that answers is a mixture of one that is always right and one that is always wrong, with the prompt's pass rate as
// weight (equation: Mixture identity). The model in training is the first; so what it makes of the second is known, and wrong
// answers can be fitted by maximum likelihood like right ones (equation: NFT loss). On-policy the gradient is GRPO's (equation:
// Relation to GRPO). Here an answer carries a digit through five operators, policies are tables, and only the last digit is
// verified; every arm sees the same prompts and makes the same number of updates with the same optimiser.

const digits = 7;
const operators = 8;
const length = 5;
const promptsPerIteration = 32;
const clip = 0.2; // of GRPO

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet nft-weight
/**
 * Weight of grad log pi_theta of one token, with which one ascends: minus the derivative of the NFT loss (arXiv 2505.18116),
 * with the prompt weight sqrt((1 - r) / r) that makes it GRPO's where ratio is 1.
 *
 * @param correct verdict on the answer of the token.
 * @param ratio R = pi_theta / pi_old of the token, with the probability that was stored when it was sampled.
 * @param passRate r, share of right answers among the samples of the prompt; between 0 and 1, both excluded.
 * @param eps floor of the negative policy's ratio, 1 or less. It bounds the value, and the gradient passes straight through.
 */
export function nftTokenWeight(correct: boolean, ratio: number, passRate: number, eps: number): number {
  const promptWeight = Math.sqrt((1 - passRate) / passRate);
  if (correct) return promptWeight;
  const negativeRatio = (1 - passRate * ratio) / (1 - passRate); // pi^-_theta / pi_old
  return (-promptWeight * passRate * ratio) / ((1 - passRate) * Math.max(negativeRatio, eps));
}
// #endregion

export type Arm = 'nft' | 'rft' | 'grpo' | 'positives' | 'plain' | 'dr_grpo' | 'hard_clamp';

/** The weight that an arm gives to a token, instead of NFT's. Arguments as there. */
export function tokenWeight(arm: Arm, correct: boolean, ratio: number, passRate: number, eps: number): number {
  const weight = nftTokenWeight(correct, ratio, passRate, eps);
  const promptWeight = Math.sqrt((1 - passRate) / passRate);
  switch (arm) {
    case 'nft':
      return weight;
    case 'positives':
      return correct ? weight : 0;
    case 'rft':
      return correct ? 1 : 0;
    case 'plain':
      return weight / promptWeight;
    case 'dr_grpo':
      return (weight / promptWeight) * (1 - passRate);
    case 'hard_clamp':
      return !correct && (1 - passRate * ratio) / (1 - passRate) < eps ? 0 : weight;
    case 'grpo': {
      const advantage = ((correct ? 1 : 0) - passRate) / Math.sqrt(passRate * (1 - passRate));
      const clipped = advantage > 0 ? ratio > 1 + clip : ratio < 1 - clip;
      return clipped ? 0 : advantage * ratio;
    }
  }
}

/** The answers to one prompt, and the share of them that passed. */
interface Group {
  readonly answers: readonly ChainSolution[];
  readonly passRate: number;
}

/** Gradient that an arm ascends on a batch: weights times grad log pi, summed over tokens and divided by the answers. */
function gradientOf(
  arm: Arm,
  chain: ModularChain,
  { groups, answers }: { readonly groups: readonly Group[]; readonly answers: number },
  { now, old }: { readonly now: Float64Array; readonly old: Float64Array },
  eps: number,
): Float64Array {
  const weights = new Float64Array(chain.size);
  for (const group of groups) {
    for (const { cells, passed } of group.answers) {
      for (const cell of cells) {
        const ratio = Math.exp(now[cell]! - old[cell]!);
        weights[cell]! += tokenWeight(arm, passed, ratio, group.passRate, eps) / answers;
      }
    }
  }
  return logitGradient(chain, now, weights);
}

function cosine(a: Float64Array, b: Float64Array): number {
  const dot = (x: Float64Array, y: Float64Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

// --- The experiment -----------------------------------------------------------------------------------------------------

export default experiment({
  paper: 'nft',
  question:
    "Is NFT's on-policy gradient GRPO's, and does learning from failures close the gap between rejection-sampling fine-tuning and RL?",
  seeds: 8,
  params: {
    group: int(8, { min: 2, max: 32, about: 'answers sampled for a prompt' }),
    reuse: int(2, { min: 1, max: 8, about: 'updates on a batch; 1 is strictly on-policy' }),
    lr: float(0.05, { min: 0.005, max: 0.2, about: 'step size of Adam, of every arm' }),
    iters: int(200, { min: 20, max: 600, about: 'rounds of sampling, 32 prompts each' }),
    epsilon: float(1, { min: 0.05, max: 1, about: "floor of the negative policy's ratio" }),
  },
  arms: {
    nft: { role: 'method', about: 'right and wrong answers, weights of the NFT loss' },
    rft: { role: 'baseline', about: 'rejection-sampling fine-tuning: right answers only, weight 1' },
    grpo: { role: 'baseline', about: 'advantage over its standard deviation, ratio clipped at 0.2' },
    positives: { role: 'ablation', about: 'NFT without its negative term' },
    plain: { role: 'ablation', about: 'NFT with every prompt weighted 1' },
    dr_grpo: { role: 'ablation', about: 'NFT with prompts weighted 1 - r, the relation to Dr. GRPO' },
    hard_clamp: { role: 'baseline', about: 'NFT with a clamp that stops the gradient below epsilon' },
  },
  metrics: {
    test_error: {
      better: 'lower',
      unit: 'fraction',
      about: '1 - exact accuracy on 400 new prompts',
      step: 'iteration',
      scale: 'log',
    },
    entropy: { better: 'higher', unit: 'nats', about: 'mean over written digits', step: 'iteration' },
    grad_cosine: {
      better: 'higher',
      unit: 'cosine',
      about: 'of the first gradient on a batch to that of GRPO',
      step: 'iteration',
    },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const { group, reuse, lr, iters, epsilon } = params;
    const world = rng.split('world');
    const chain = modularChain(world, { digits, operators });
    const logits = chainPolicy(chain, world, { deviation: 0.5, skill: [1.4, 2.4] });
    const training = chainPrompts(chain, world, { count: 200, length });
    const test = chainPrompts(chain, world, { count: 400, length });
    const [draw, answer] = [rng.split('prompts'), rng.split('answers')];
    const step = adam(chain.size, { rate: lr });
    let now = logProbabilities(chain, logits);

    for (let iteration = 0; iteration <= iters; iteration++) {
      const old = now;
      const groups = Array.from({ length: promptsPerIteration }, (): Group => {
        const prompt = draw.choice(training);
        const answers = Array.from({ length: group }, () => sampleSolution(chain, old, prompt, answer));
        return { answers, passRate: answers.filter(({ passed }) => passed).length / group };
      }).filter(({ passRate }) => passRate > 0 && passRate < 1);
      const batch = { groups, answers: promptsPerIteration * group };
      const gradient = (of: Arm) => gradientOf(of, chain, batch, { now, old }, epsilon);

      if (iteration % 5 === 0) {
        log(iteration, {
          test_error: 1 - chainAccuracy(chain, now, test),
          entropy: -chainExpectedSum(chain, now, now, test) / length,
        });
        // Rejection sampling has no gradient where a batch has nothing left to learn from.
        if (groups.length > 0) log(iteration, { grad_cosine: cosine(gradient(arm), gradient('grpo')) });
        show('steps', stepsFigure(chain, now, iteration));
        progress(iteration / iters);
      }
      if (iteration === 0 && arm === 'nft') {
        const others = ['plain', 'dr_grpo', 'nft', 'positives'] as const;
        show('cosine', {
          title: 'On-policy, only one prompt weight gives the gradient of GRPO',
          x: { label: '', categories: ['weight 1', '1 - r', 'sqrt((1 - r) / r)', 'no negatives'] },
          y: { label: 'cosine to the gradient of GRPO', min: 0, max: 1 },
          layers: [
            {
              type: 'bars',
              label: 'cosine',
              x: [0, 1, 2, 3],
              height: others.map((of) => cosine(gradient(of), gradient('grpo'))),
            },
          ],
        });
      }
      for (let update = 0; update < reuse; update++) {
        // Adam descends, and the weights are those of ascent.
        step(
          logits,
          gradient(arm).map((value) => -value),
        );
        now = logProbabilities(chain, logits);
      }
    }
  },

  claim: {
    statement:
      "A supervised loss with an implicit negative policy reproduces GRPO's gradient on-policy and clearly outperforms positives-only fine-tuning.",
    check({ curve, paired }) {
      const errorOver = (rival: Arm) =>
        paired((of) => of('nft', 'test_error').values.at(-1)! / of(rival, 'test_error').values.at(-1)!);
      const leastCosine = curve('nft', 'grad_cosine', ({ values }) => Math.min(...values));
      return [
        atMost('final error, NFT over rejection-sampling fine-tuning', errorOver('rft'), 0.6),
        atMost('final error, NFT over NFT without negatives', errorOver('positives'), 0.6),
        atMost('final error, NFT over GRPO', errorOver('grpo'), 1.5),
        atLeast('least cosine of the on-policy gradient to that of GRPO', leastCosine, 0.9999),
      ];
    },
  },
});

/** How likely the policy is to take each single step rightly. */
function stepsFigure(chain: ModularChain, logPolicy: Float64Array, iteration: number) {
  const chance = (operator: number, digit: number) =>
    Math.exp(logPolicy[chain.row(operator, digit) * digits + chain.apply(operator, digit)]!);
  return {
    title: `Probability of the right digit after ${iteration} iterations`,
    x: { label: 'digit before', min: 0, max: digits },
    y: { label: 'operator', min: 0, max: operators },
    layers: [
      {
        type: 'heatmap' as const,
        label: 'probability',
        min: 0,
        max: 1,
        values: Array.from({ length: operators }, (_, operator) =>
          Array.from({ length: digits }, (_digit, digit) => chance(operator, digit)),
        ),
      },
    ],
  };
}
