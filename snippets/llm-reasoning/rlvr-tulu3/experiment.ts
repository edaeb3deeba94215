import {
  adam,
  addAlong,
  atLeast,
  bradleyTerryGradient,
  chainAccuracy,
  chainExpectedSum,
  chainPolicy,
  chainPrompts,
  dpoGradient,
  experiment,
  float,
  int,
  logitGradient,
  logProbabilities,
  mean,
  modularChain,
  prefersFirst,
  sampleSolution,
  sumAlong,
  type ChainSolution,
  type Curve,
  type Figure,
  type ModularChain,
} from 'marginalia';

// TÜLU 3: Pushing Frontiers in Open Language Model Post-Training
// Lambert, Morrison, Pyatkin, Huang, Ivison, Brahman, Miranda, Liu, Dziri, Lyu, Gu, Malik, Graf, Hwang, Yang, Le Bras, Tafjord,
// Wilhelm, Soldaini, Smith, Wang, Dasigi and Hajishirzi, 2024, arXiv 2411.15124
//
// Three stages: supervised fine-tuning on demonstrations; preference optimisation (equation: Preference stage); reinforcement
// learning that is paid by a program that checks the answer, and held to the policy before it (equations: RLVR objective,
// Verifiable reward). Here an answer carries a digit through four operators, and its last digit is checked. Demonstrations have
// slips, and the judge of preferences likes right answers, but also zeros; a reward model learns both. All arms of a seed
// share demonstrations, preferences and prompts, and every RL stage has the same number of updates and samples.

const [digits, operators, length] = [7, 8, 4];
const batchSize = 64; // demonstrations, or pairs
const supervised = { updates: 150, rate: 0.05 };
const preference = { updates: 150, rate: 0.02, betaD: 0.4 };
const rewardModel = { updates: 300, rate: 0.05, decay: 0.001 };
const reinforcement = { rate: 0.05, prompts: 32, samples: 8 };
/** Where these stages begin on the axis of updates. */
const [preferenceStart, reinforcementStart] = [supervised.updates, supervised.updates + preference.updates];

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet rlvr-reward
/**
 * Reward of one response in reinforcement learning with verifiable rewards (arXiv 2411.15124).
 *
 * @param passed whether the program that checks the response let it pass.
 * @param logRatio log pi_theta / pi_ref, summed over the tokens of the response, in nats. pi_ref is the policy with which
 * the RL stage began.
 * @param alpha reward of a pass; 10 in the paper.
 * @param beta weight of the KL penalty, in reward a nat.
 */
export function rlvrReward(passed: boolean, logRatio: number, alpha: number, beta: number): number {
  return (passed ? alpha : 0) - beta * logRatio;
}
// #endregion

/** Gradient with which the expected reward rises, downhill: answers in groups of one prompt, less the group's mean reward. */
export function policyGradient(
  chain: ModularChain,
  logPolicy: Float64Array,
  groups: readonly (readonly ChainSolution[])[],
  reward: (solution: ChainSolution) => number,
): Float64Array {
  const weights = new Float64Array(chain.size);
  for (const group of groups) {
    const rewards = group.map(reward);
    const baseline = mean(rewards);
    group.forEach((one, i) => addAlong(weights, one, (baseline - rewards[i]!) / (groups.length * group.length)));
  }
  return logitGradient(chain, logPolicy, weights);
}

/** Changes a table by Adam, down a gradient that is asked for at every update. */
function descend(
  table: Float64Array,
  { updates, rate }: { readonly updates: number; readonly rate: number },
  gradientAt: (update: number) => Float64Array,
): Float64Array {
  const step = adam(table.length, { rate });
  for (let update = 0; update < updates; update++) step(table, gradientAt(update));
  return table;
}

// --- The experiment -----------------------------------------------------------------------------------------------------

export default experiment({
  paper: 'rlvr-tulu3',
  question:
    'After SFT and DPO, how much does RL gain when the reward is a verifier, compared with a reward model fitted to preferences?',
  seeds: 8,
  params: {
    alpha: float(10, { min: 0, max: 100, about: 'reward of an answer that passes' }),
    beta: float(0.2, { min: 0, max: 5, about: 'weight of the KL penalty' }),
    pairs: int(400, { min: 50, max: 2000, about: 'pairs of answers that the judge compares' }),
    demo_noise: float(0.3, { min: 0, max: 0.6, about: 'share of steps of demonstrations that are random' }),
    rl_updates: int(150, { min: 20, max: 500, about: 'updates of the RL stage, 32 prompts of 8 samples each' }),
    score_scale: float(5, { min: 0.1, max: 50, about: "reward for a unit of the reward model's score of a digit" }),
  },
  arms: {
    rlvr: { role: 'method', about: 'SFT, DPO, then RL on the verifier' },
    from_sft: { role: 'baseline', about: 'RL on the verifier right after SFT' },
    both: { role: 'baseline', about: 'RL on verifier plus reward model' },
    reward_model: { role: 'ablation', about: 'RL on the reward model in place of the verifier' },
    dpo: { role: 'baseline', about: 'SFT and DPO, no RL' },
  },
  metrics: {
    test_accuracy: {
      better: 'higher',
      unit: 'fraction',
      about: 'exact, on 400 new prompts; SFT to 150, DPO to 300, then RL',
      step: 'update',
    },
    rm_score: { better: 'neither', unit: 'nats', about: 'mean score of a digit in the RL stage', step: 'update' },
    kl_ref: { better: 'lower', unit: 'nats', about: 'KL from the policy before RL, an answer', step: 'update' },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const { alpha, beta, demo_noise, rl_updates, score_scale } = params;
    const world = rng.split('world');
    const chain = modularChain(world, { digits, operators });
    const logits = chainPolicy(chain, world, { deviation: 0.5, skill: [0, 0] });
    const training = chainPrompts(chain, world, { count: 200, length });
    const test = chainPrompts(chain, world, { count: 400, length });
    const measure = (update: number, now: Float64Array) => {
      if (update % 10 === 0) log(update, { test_accuracy: chainAccuracy(chain, now, test) });
      progress(update / (reinforcementStart + rl_updates));
    };

    // The demonstrator takes a random digit now and then, and goes on from it.
    const skilled = logProbabilities(chain, chainPolicy(chain, world, { deviation: 0, skill: [99, 99] }));
    const demonstrator = skilled.map((value) => Math.log((1 - demo_noise) * Math.exp(value) + demo_noise / digits));
    const demonstrations = training.map((prompt) => sampleSolution(chain, demonstrator, prompt, world));
    const drawDemonstrations = rng.split('batches of demonstrations');
    descend(logits, supervised, (update) => {
      const now = logProbabilities(chain, logits);
      measure(update, now);
      const weights = new Float64Array(chain.size);
      for (let i = 0; i < batchSize; i++) addAlong(weights, drawDemonstrations.choice(demonstrations), -1 / batchSize);
      return logitGradient(chain, now, weights);
    });

    const logSft = logProbabilities(chain, logits);
    const [judge, drawPairs] = [rng.split('judge'), rng.split('batches of pairs')];
    const taste = ({ passed, tokens }: ChainSolution) =>
      (passed ? 3 : 0) + 0.7 * tokens.filter((token) => token === 0).length;
    const pairs = chainPrompts(chain, world, { count: params.pairs, length }).map((prompt) => {
      const a = sampleSolution(chain, logSft, prompt, judge);
      const b = sampleSolution(chain, logSft, prompt, judge);
      return prefersFirst(taste(a), taste(b), judge) ? { win: a, lose: b } : { win: b, lose: a };
    });
    const batch = () => Array.from({ length: batchSize }, () => drawPairs.choice(pairs));
    const scores = new Float64Array(chain.size);
    descend(scores, rewardModel, () =>
      bradleyTerryGradient(scores, batch()).map((slope, cell) => slope + rewardModel.decay * scores[cell]!),
    );
    show('reward model', rewardModelFigure(chain, scores));
    if (arm === 'from_sft') {
      measure(preferenceStart, logSft);
    } else {
      descend(logits, preference, (update) => {
        const now = logProbabilities(chain, logits);
        measure(preferenceStart + update, now);
        return dpoGradient(chain, now, logSft, batch(), preference.betaD / length);
      });
    }

    const logReference = logProbabilities(chain, logits);
    /** The RL stage on a copy of the logits, with what `see` is shown before every tenth update and at the end. */
    const reinforce = (weight: number, see?: (update: number, now: Float64Array, kl: number) => void) => {
      const trail = { type: 'line' as const, label: `beta ${weight}`, x: [] as number[], y: [] as number[] };
      const [table, draw, answer] = [logits.slice(), rng.split('prompts'), rng.split('answers')];
      const look = (update: number) => {
        const now = logProbabilities(chain, table);
        const logRatio = now.map((value, cell) => value - logReference[cell]!);
        if (update % 10 === 0) {
          trail.x.push(chainExpectedSum(chain, now, logRatio, test));
          trail.y.push(chainAccuracy(chain, now, test));
          see?.(update, now, trail.x.at(-1)!);
        }
        return { now, logRatio };
      };
      if (arm === 'dpo') look(0);
      descend(table, { updates: arm === 'dpo' ? 0 : rl_updates, rate: reinforcement.rate }, (update) => {
        const { now, logRatio } = look(update);
        const prompts = Array.from({ length: reinforcement.prompts }, () => draw.choice(training));
        const groups = prompts.map((prompt) =>
          Array.from({ length: reinforcement.samples }, () => sampleSolution(chain, now, prompt, answer)),
        );
        return policyGradient(chain, now, groups, (one) => {
          const score = arm === 'both' || arm === 'reward_model' ? score_scale * (sumAlong(scores, one) / length) : 0;
          return score + rlvrReward(one.passed && arm !== 'reward_model', sumAlong(logRatio, one), alpha, weight);
        });
      });
      look(rl_updates);
      return trail;
    };
    const trail = reinforce(beta, (update, now, kl) => {
      const rm_score = chainExpectedSum(chain, now, scores, test) / length;
      log(reinforcementStart + update, { rm_score, kl_ref: kl });
      measure(reinforcementStart + update, now);
    });
    if (arm !== 'rlvr') return;
    show('trails', {
      title: 'What a distance from the policy before RL buys',
      x: { label: 'KL in nats' },
      y: { label: 'test accuracy', min: 0, max: 1 },
      layers: [0, beta, 20 * beta].map((weight) => (weight === beta ? trail : reinforce(weight))),
    });
  },

  claim: {
    statement:
      'A final RL stage with verifiable rewards adds a large gain on the checked skill over SFT + DPO, and a preference-trained reward model is no substitute for the check.',
    check({ paired, at }) {
      // The reward model's arm may stop where it is best, though it could not know where.
      const best = ({ steps, values }: Curve) => Math.max(...values.filter((_, i) => steps[i]! >= reinforcementStart));
      const gainOver = (rival: 'dpo' | 'reward_model') =>
        paired((of) => of('rlvr', 'test_accuracy').values.at(-1)! - best(of(rival, 'test_accuracy')));
      const before = (step: number) => at('rlvr', 'test_accuracy', step);
      return [
        atLeast('accuracy, RLVR minus DPO', gainOver('dpo'), 0.3),
        atLeast('accuracy, RLVR minus the best of the reward model', gainOver('reward_model'), 0.3),
        atLeast('accuracy, DPO minus SFT', before(reinforcementStart) - before(preferenceStart), -0.03),
      ];
    },
  },
});

/** What the reward model pays for a digit, by whether it is right. */
function rewardModelFigure(chain: ModularChain, scores: Float64Array): Figure {
  const rows = [...Array(operators * digits).keys()];
  const applied = (row: number) => chain.apply(Math.floor(row / digits), row % digits);
  const average = (right: boolean) =>
    Array.from({ length: digits }, (_, token) =>
      mean(rows.filter((row) => (applied(row) === token) === right).map((row) => scores[row * digits + token]!)),
    );
  return {
    title: 'What the reward model pays for a digit',
    x: { label: 'digit written', min: 0, max: digits },
    y: { label: '', min: 0, max: 2, categories: ['wrong', 'right'] },
    layers: [{ type: 'heatmap', label: 'score', values: [average(false), average(true)] }],
  };
}
