import {
  atLeast,
  experiment,
  float,
  int,
  logitGradient,
  logProbabilities,
  mean,
  type Figure,
  type Rng,
} from 'marginalia';

// Rewarding Progress: Scaling Automated Process Verifiers for LLM Reasoning
// Setlur, Nagpal, Fisch, Geng, Eisenstein, Agarwal, Agarwal, Berant and Kumar, ICLR 2025, arXiv 2410.08146
//
// A step is worth how much it changes the chance of a right ending when somebody else, the prover, goes on from it (equation:
// Process reward). Added to the outcome it tells a policy that hardly ever succeeds which steps to take (equation: RL with dense
// progress reward). A good prover tells the policy's steps apart and does not contradict it (equation: What makes a good
// prover); the best of several tries of the policy itself will do (equation: Best-of-K prover), or even a prover that is worse.
// Here, as in the paper's didactic task, a response is right if it contains a hidden sequence of tokens. What is known of it at a
// position is how many of its tokens were just matched, so success is computed exactly; what the prover is worth is estimated
// from completions, as a verifier would learn it. Every arm ascends the plain gradient with the same number of responses.

const vocabulary = 15;
const baseStrength = 5;
const responsesPerUpdate = 32;

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet process-advantage
/**
 * Effective reward of one step with a process advantage verifier (arXiv 2410.08146): the outcome of its trajectory plus the
 * progress that the step made in the eyes of the prover. It weights grad log pi of this step only; summed over later steps
 * the advantages would telescope to the outcome again.
 *
 * @param outcome whether the trajectory ended rightly, 0 or 1, or the policy's own Q of the step.
 * @param qProver chance of a right ending when the prover goes on after the step.
 * @param vProver the same before the step.
 * @param alpha weight of the progress.
 */
export function effectiveReward(outcome: number, qProver: number, vProver: number, alpha: number): number {
  return outcome + alpha * (qProver - vProver);
}
// #endregion

/**
 * Tokens with a planted sequence. A state is a row of tables with a number for every token: how many tokens of the sequence
 * were just matched, counted on from `length + 1` times the position. Once the whole sequence is matched, it stays matched.
 * After the rows come the ends, and the last of them is the right one.
 */
export function planted(rng: Rng, { length, horizon }: { readonly length: number; readonly horizon: number }) {
  const sequence = rng.shuffle([...Array(vocabulary).keys()]).slice(0, length);
  const rows = horizon * (length + 1);
  const after = (row: number, token: number) => {
    const matched = row % (length + 1);
    const start = row - matched + length + 1;
    if (matched === length || token === sequence[matched]) return start + Math.min(matched + 1, length);
    return token === sequence[0] ? start + 1 : start;
  };
  return { vocabulary, size: rows * vocabulary, sequence, horizon, rows, rightEnd: rows + length, after };
}

export type Planted = ReturnType<typeof planted>;

/** Log-probabilities of a policy that gives the next token of the sequence this weight, and every other one 1. */
export function procedural(task: Planted, strength: number): Float64Array {
  const logits = new Float64Array(task.size);
  for (let row = 0; row < task.rows; row++) {
    const token = task.sequence[row % (task.sequence.length + 1)];
    if (token !== undefined) logits[row * vocabulary + token] = Math.log(strength);
  }
  return logProbabilities(task, logits);
}

/** The chance of a right ending from every row and end, by backward induction. */
export function valuesOf(task: Planted, logPolicy: Float64Array): Float64Array {
  const values = new Float64Array(task.rightEnd + 1);
  values[task.rightEnd] = 1;
  for (let row = task.rows - 1; row >= 0; row--) {
    for (let token = 0; token < vocabulary; token++) {
      values[row]! += Math.exp(logPolicy[row * vocabulary + token]!) * values[task.after(row, token)]!;
    }
  }
  return values;
}

/** What a number of completions from every state say of the values. */
const estimate = (values: Float64Array, completions: number, rng: Rng) =>
  values.map((chance) => mean(Array.from({ length: completions }, () => (rng.uniform() < chance ? 1 : 0))));

/** Values of the best of K completions (equation: Best-of-K prover). */
export const bestOf = (K: number, values: Float64Array) => values.map((chance) => 1 - (1 - chance) ** K);

/** The terms of what makes a good prover, as means over positions: how far it tells steps apart, and its alignment. */
export function terms(task: Planted, logPolicy: Float64Array, prover: Float64Array) {
  const own = valuesOf(task, logPolicy);
  const reached = new Float64Array(own.length);
  reached[0] = 1;
  let [apart, aligned] = [0, 0];
  for (let row = 0; row < task.rows; row++) {
    let [first, second] = [0, 0];
    for (let token = 0; token < vocabulary; token++) {
      const next = task.after(row, token);
      const probability = Math.exp(logPolicy[row * vocabulary + token]!);
      const advantage = prover[next]! - prover[row]!;
      first += probability * advantage;
      second += probability * advantage ** 2;
      aligned += (reached[row]! * probability * advantage * (own[next]! - own[row]!)) / task.horizon;
      reached[next]! += reached[row]! * probability;
    }
    apart += (reached[row]! * (second - first ** 2)) / task.horizon;
  }
  return { apart, aligned };
}

/** One response: the cell of each token, and the rows before and after it, of which the last is an end. */
function respond(task: Planted, policy: Float64Array, rng: Rng) {
  const [cells, rows]: [number[], number[]] = [[], [0]];
  for (let row = 0; row < task.rows; rows.push(row)) {
    const token = rng.weighted(policy.subarray(row * vocabulary, (row + 1) * vocabulary));
    cells.push(row * vocabulary + token);
    row = task.after(row, token);
  }
  return { cells, rows, outcome: rows.at(-1) === task.rightEnd ? 1 : 0 };
}

// --- The experiment -----------------------------------------------------------------------------------------------------

/** Every arm's best learning rate of 32, 128, 512 and 2048: fewest updates to a success of 0.8 with six other seeds. */
const rates = { best_of_4: 2048, weak: 2048, strong: 128, uniform: 2048, outcome: 2048, itself: 2048, summed: 512 };

export default experiment({
  paper: 'pav',
  question:
    'With sparse success, how much faster is RL with advantages of a prover, and can a prover weaker than the base policy help?',
  seeds: 40,
  params: {
    alpha: float(3, { min: 0, max: 10, about: 'weight of the progress reward' }),
    planted_len: int(9, { min: 3, max: 10, about: 'length of the hidden sequence' }),
    horizon: int(13, { min: 6, max: 20, about: 'tokens of a response' }),
    iters: int(800, { min: 20, max: 2000, about: 'updates of 32 responses each' }),
    completions: int(16, { min: 1, max: 1000, about: 'completions from every state, for the values of the prover' }),
    rate_factor: float(1, { min: 0.001, max: 5000, about: "factor of every arm's learning rate" }),
  },
  arms: {
    best_of_4: { role: 'method', about: 'prover: best of four of the base policy' },
    weak: { role: 'method', about: 'prover of strength 3, weaker than the base policy of strength 5' },
    strong: { role: 'method', about: 'prover of strength 50' },
    uniform: { role: 'baseline', about: 'prover of strength 1: any token is as likely' },
    outcome: { role: 'baseline', about: 'outcome reward only' },
    itself: { role: 'baseline', about: 'prover: the base policy' },
    summed: { role: 'ablation', about: 'best of four, with the advantages of a response added up for each step' },
  },
  metrics: {
    success: { better: 'higher', unit: 'probability', about: 'of the current policy, exactly', step: 'update' },
    apart: { better: 'higher', unit: 'probability^2', about: "variance of the prover's advantage", step: 'update' },
    aligned: { better: 'higher', unit: 'probability^2', about: 'mean product of both advantages', step: 'update' },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const { alpha, planted_len, horizon, iters, completions, rate_factor } = params;
    const task = planted(rng.split('task'), { length: planted_len, horizon });
    const base = procedural(task, baseStrength);
    const logits = base.slice();
    const strength = { best_of_4: 5, weak: 3, strong: 50, uniform: 1, outcome: 5, itself: 5, summed: 5 }[arm];
    const told = estimate(valuesOf(task, procedural(task, strength)), completions, rng.split('completions'));
    const prover = arm === 'best_of_4' || arm === 'summed' ? bestOf(4, told) : told;
    const weight = arm === 'outcome' ? 0 : alpha;
    // The completions of the prover count as updates, by their tokens.
    const tokens = (completions * (planted_len + 1) * horizon * (horizon + 1)) / 2;
    const spent = arm === 'outcome' ? 0 : Math.round(tokens / (responsesPerUpdate * horizon));
    show(
      'progress',
      figureOf(
        task,
        'What a right token adds to the chance of the prover',
        (row, next) => prover[next]! - prover[row]!,
      ),
    );
    const draws = rng.split('responses');
    let isSolved = false;
    for (let update = 0; update <= iters; update++) {
      const now = logProbabilities(task, logits);
      if (update % 8 === 0) {
        const success = valuesOf(task, now)[0]!;
        log(spent + update, { success, ...terms(task, now, prover) });
        progress(update / iters);
        isSolved = success > 0.9999;
      }
      // Nothing changes any more where all responses are right.
      if (isSolved) continue;
      const policy = now.map(Math.exp);
      const responses = Array.from({ length: responsesPerUpdate }, () => respond(task, policy, draws));
      const baseline = mean(responses.map(({ outcome }) => outcome));
      const weights = new Float64Array(task.size);
      for (const { cells, rows, outcome } of responses) {
        for (const [t, cell] of cells.entries()) {
          // Over all steps of a response the advantages add up to what its end is worth, less what its start was.
          const [before, after] = arm === 'summed' ? [rows[0]!, rows.at(-1)!] : [rows[t]!, rows[t + 1]!];
          const reward = effectiveReward(outcome, prover[after]!, prover[before]!, weight);
          weights[cell]! += (rates[arm] * rate_factor * (reward - baseline)) / responsesPerUpdate;
        }
      }
      logitGradient(task, now, weights).forEach((change, cell) => (logits[cell]! += change));
    }
    const policy = logProbabilities(task, logits).map(Math.exp);
    show(
      'policy',
      figureOf(task, 'How likely the policy is to take the right token', (row, _next, cell) => policy[cell]!),
    );
  },

  claim: {
    statement:
      'Progress measured under a complementary prover makes online RL several times more sample-efficient than outcome reward, and a prover weaker than the base policy can still lift it.',
    check({ curve }) {
      type Compared = 'best_of_4' | 'weak' | 'outcome';
      // Whoever does not get there within the trial counts as getting there at its end.
      const updates = (arm: Compared) =>
        curve(arm, 'success', ({ steps, values }) => steps[values.findIndex((value) => value >= 0.8)] ?? steps.at(-1)!);
      const solved = (arm: Compared) =>
        curve(arm, 'success', ({ steps, values }) => values[steps.filter((step) => step <= 400).length - 1]!, 'mean');
      return [
        atLeast('updates to 0.8, outcome only over best of four', updates('outcome') / updates('best_of_4'), 2),
        atLeast('success at 400 updates, weak prover minus outcome only', solved('weak') - solved('outcome'), 0.2),
      ];
    },
  },
});

/** A number for the right token in every state that can still end rightly. */
function figureOf(task: Planted, title: string, value: (row: number, next: number, cell: number) => number): Figure {
  const values = task.sequence.map((token, matched) =>
    Array.from({ length: task.horizon }, (_, position) => {
      const row = position * (task.sequence.length + 1) + matched;
      return value(row, task.after(row, token), row * vocabulary + token);
    }),
  );
  return {
    title,
    x: { label: 'position', min: 0, max: task.horizon },
    y: { label: 'tokens matched', min: 0, max: task.sequence.length },
    layers: [{ type: 'heatmap', label: title, values }],
  };
}
