import {
  adam,
  addAlong,
  atLeast,
  chainAccuracy,
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
  sampleSolution,
  type ChainSolution,
  type Figure,
  type ModularChain,
} from 'marginalia';

// Offline Reinforcement Learning for LLM Multi-Step Reasoning
// Wang, Hao, Dong, Zhang, Bao, Yang and Wu, 2024, arXiv 2412.16145
//
// OREO learns from logged solutions with verdicts, without pairs. Where rewards are regularised by the KL divergence from a
// reference, the value of a state is the reward less what log-ratios are still to come (equation: Soft Bellman consistency). So
// one residual a step teaches the value from the whole rest of a solution, and the policy where the value changes (equations:
// Value loss, Policy loss). Here a solution carries a digit through four operators, and only its last digit is verified. Policies
// are tables, the value a table of prompt, step and digit. All arms have the same log, updates, batches and step size.

const [digits, operators, length] = [7, 8, 4];
const batchSize = 64; // solutions, or pairs of them
const valueRate = 0.05;
const evaluateEvery = 50;

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet oreo-residuals
/**
 * Residuals of soft Bellman consistency along one trajectory (OREO, arXiv 2412.16145), one a step:
 * delta_t = V(s_t) - R + beta * (log-ratios from t on). One descends their squares in V, and in the policy through the
 * log-ratio of the same step only, with the later ones held constant.
 *
 * @param values V of the state before each step.
 * @param logRatios log pi_theta / pi_ref of each step, in nats.
 * @param finalReward verdict on the whole trajectory.
 * @param beta temperature, in reward a nat.
 */
export function oreoResiduals(values: number[], logRatios: number[], finalReward: number, beta: number): number[] {
  const residuals = new Array<number>(values.length);
  let rest = 0;
  for (let t = values.length - 1; t >= 0; t--) {
    rest += logRatios[t]!;
    residuals[t] = values[t]! - finalReward + beta * rest;
  }
  return residuals;
}
// #endregion

/** A solution of the log, with the number of the state before each step in the table of values. */
export interface Logged {
  readonly solution: ChainSolution;
  readonly states: readonly number[];
}

/** What is learned, and from where: log-probabilities of the policy and of the reference, and values. */
export interface Learned {
  readonly now: Float64Array;
  readonly reference: Float64Array;
  readonly values: Float64Array;
}

const residualsOf = ({ now, reference, values }: Learned, { solution, states }: Logged, beta: number) =>
  oreoResiduals(
    states.map((state) => values[state]!),
    solution.cells.map((cell) => now[cell]! - reference[cell]!),
    solution.passed ? 1 : 0,
    beta,
  );

/**
 * Gradients of the value loss in the values and of the policy loss in the logits, means over a batch.
 *
 * @param options.alpha weight of the KL divergence from the reference in the states of the batch.
 * @param options.coupled whether the log-ratios of later steps are learned through too: the policy loss without its stop.
 */
export function oreoGradients(
  chain: ModularChain,
  learned: Learned,
  batch: readonly Logged[],
  { beta, alpha, coupled }: { readonly beta: number; readonly alpha: number; readonly coupled: boolean },
): { readonly policy: Float64Array; readonly value: Float64Array } {
  const { now, reference } = learned;
  const value = new Float64Array(learned.values.length);
  const weights = new Float64Array(chain.size);
  const visits = new Float64Array(chain.operators * chain.vocabulary);
  for (const logged of batch) {
    const share = 1 / (batch.length * logged.states.length);
    let before = 0;
    for (const [t, residual] of residualsOf(learned, logged, beta).entries()) {
      value[logged.states[t]!]! += 2 * share * residual;
      before = coupled ? before + residual : residual;
      weights[logged.solution.cells[t]!]! += 2 * share * beta * before;
      visits[logged.solution.rows[t]!]! += share;
    }
  }
  const policy = logitGradient(chain, now, weights);
  for (const [row, visited] of visits.entries()) {
    const cells = Array.from({ length: chain.vocabulary }, (_, token) => row * chain.vocabulary + token);
    const logRatio = (cell: number) => now[cell]! - reference[cell]!;
    const divergence = cells.reduce((sum, cell) => sum + Math.exp(now[cell]!) * logRatio(cell), 0);
    for (const cell of cells) policy[cell]! += alpha * visited * Math.exp(now[cell]!) * (logRatio(cell) - divergence);
  }
  return { policy, value };
}

// --- The experiment -----------------------------------------------------------------------------------------------------

export default experiment({
  paper: 'oreo',
  question:
    'From the same log of right and wrong solutions, does step-wise soft Bellman learning generalise better than filtering or pairing whole solutions?',
  seeds: 12,
  params: {
    beta: float(0.03, { min: 0.005, max: 0.5, about: 'temperature of OREO, in reward a nat' }),
    alpha: float(0.0003, { min: 0, max: 0.01, about: 'weight of the KL divergence in the policy loss of OREO' }),
    prompts: int(300, { min: 50, max: 1000, about: 'logged prompts' }),
    per_prompt: int(16, { min: 2, max: 64, about: 'logged solutions of a prompt' }),
    updates: int(800, { min: 50, max: 3000, about: 'updates, of 64 solutions or pairs each' }),
    rate: float(0.03, { min: 0.001, max: 0.2, about: 'step size of Adam for the policy, in every arm' }),
    dpo_beta: float(0.03, { min: 0.01, max: 1, about: 'beta of DPO' }),
  },
  arms: {
    oreo: { role: 'method', about: 'policy and value by step, from soft Bellman residuals' },
    rft: { role: 'baseline', about: 'likelihood of the right solutions only' },
    dpo: { role: 'baseline', about: 'DPO on pairs of a right and a wrong solution of one prompt' },
    fixed_value: { role: 'ablation', about: 'OREO with the value fixed at the mean reward' },
    prompt_value: { role: 'ablation', about: 'OREO with one value a prompt' },
    coupled: { role: 'ablation', about: 'OREO without the stop gradient on later steps' },
  },
  metrics: {
    test_accuracy: { better: 'higher', unit: 'fraction', about: 'exact, on 400 new prompts', step: 'update' },
    bellman_residual: {
      better: 'lower',
      unit: 'reward^2',
      about: 'mean squared residual on one solution of each logged prompt, where there are values',
      step: 'update',
      scale: 'log',
    },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const { beta, alpha, updates, rate, dpo_beta } = params;
    const world = rng.split('world');
    const chain = modularChain(world, { digits, operators });
    const logits = chainPolicy(chain, world, { deviation: 0.5, skill: [1.6, 2.6] });
    const reference = logProbabilities(chain, logits);
    const test = chainPrompts(chain, world, { count: 400, length });
    const prompts = chainPrompts(chain, world, { count: params.prompts, length });
    const groups = prompts.map((prompt, p) =>
      Array.from({ length: params.per_prompt }, (): Logged => {
        const solution = sampleSolution(chain, reference, prompt, world);
        const before = [prompt.start, ...solution.tokens];
        const state = (t: number) => (p * length + t) * digits + before[t]!;
        return { solution, states: solution.cells.map((_, t) => state(arm === 'prompt_value' ? 0 : t)) };
      }),
    );
    const all = groups.flat();
    const right = all.filter(({ solution }) => solution.passed);
    const pairs = groups.flatMap((group) => {
      const losers = group.filter(({ solution }) => !solution.passed);
      const winners = group.filter(({ solution }) => solution.passed);
      return winners.slice(0, losers.length).map(({ solution }, i) => ({ win: solution, lose: losers[i]!.solution }));
    });

    const values = new Float64Array(prompts.length * length * digits).fill(right.length / all.length);
    const [policyStep, valueStep] = [adam(chain.size, { rate }), adam(values.length, { rate: valueRate })];
    const draw = rng.split('batches');
    const batchOf = <T>(items: readonly T[]) => Array.from({ length: batchSize }, () => draw.choice(items));
    for (let update = 0; update <= updates; update++) {
      const now = logProbabilities(chain, logits);
      const learned = { now, reference, values };
      if (update % evaluateEvery === 0) {
        log(update, { test_accuracy: chainAccuracy(chain, now, test) });
        const squares = groups.flatMap(([one]) => residualsOf(learned, one!, beta).map((residual) => residual ** 2));
        if (arm !== 'rft' && arm !== 'dpo') log(update, { bellman_residual: mean(squares) });
        progress(update / updates);
      }
      if (arm === 'rft') {
        const weights = new Float64Array(chain.size);
        for (const { solution } of batchOf(right)) addAlong(weights, solution, -1 / batchSize);
        policyStep(logits, logitGradient(chain, now, weights));
      } else if (arm === 'dpo') {
        policyStep(logits, dpoGradient(chain, now, reference, batchOf(pairs), dpo_beta));
      } else {
        const options = { beta, alpha, coupled: arm === 'coupled' };
        const { policy, value } = oreoGradients(chain, learned, batchOf(all), options);
        policyStep(logits, policy);
        if (arm !== 'fixed_value') valueStep(values, value);
      }
    }
    if (arm === 'oreo') show('value', valueFigure(groups, values));
  },

  claim: {
    statement:
      'Joint soft Bellman learning of policy and value extracts more from unpaired outcome-labelled logs than rejection sampling or DPO.',
    check({ paired }) {
      // Every rival may stop where it is best on the test prompts; OREO is taken as it ends.
      const gainOver = (rival: 'rft' | 'dpo' | 'fixed_value') =>
        paired((of) => of('oreo', 'test_accuracy').values.at(-1)! - Math.max(...of(rival, 'test_accuracy').values));
      return [
        atLeast('accuracy, OREO minus the best of DPO', gainOver('dpo'), 0.05),
        atLeast('accuracy, OREO minus the best of rejection sampling', gainOver('rft'), 0.15),
        atLeast('accuracy, OREO minus the best with a fixed value', gainOver('fixed_value'), 0.08),
      ];
    },
  },
});

/** Values of the prompt whose solutions are most mixed, with the ways of a right and of a wrong one through them. */
function valueFigure(groups: readonly (readonly Logged[])[], values: Float64Array): Figure {
  const passes = groups.map((group) => Math.abs(mean(group.map(({ solution }) => (solution.passed ? 1 : 0))) - 0.5));
  const p = passes.indexOf(Math.min(...passes));
  const way = (passed: boolean, label: string) => {
    const { states } = groups[p]!.find(({ solution }) => solution.passed === passed) ?? groups[p]![0]!;
    const [x, y] = [states.map((_, t) => t + 0.5), states.map((state) => (state % digits) + 0.5)];
    return { type: 'line' as const, label, x, y };
  };
  return {
    title: 'Values of one prompt by step and digit so far, and two ways through them',
    x: { label: 'steps done', min: 0, max: length },
    y: { label: 'digit', min: 0, max: digits },
    layers: [
      {
        type: 'heatmap',
        label: 'value',
        values: Array.from({ length: digits }, (_, digit) =>
          Array.from({ length }, (_step, t) => values[(p * length + t) * digits + digit]!),
        ),
      },
      way(true, 'a right solution'),
      way(false, 'a wrong solution'),
    ],
  };
}
