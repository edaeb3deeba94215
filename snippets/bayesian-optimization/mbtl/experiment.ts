import { atLeast, experiment, float, gaussianProcess, int, mean, softmax, squaredExponential } from 'marginalia';
import type { Figure, Rng } from 'marginalia';

// Model-Based Transfer Learning for Contextual Reinforcement Learning
// Cho, Jayawardana, Li and Wu, NeurIPS 2024, arXiv 2408.04498
//
// Which few tasks should one train on, so that the best trained policy for each covers the whole family (equation: Objective
// after K trained tasks)? MBTL models the score of training by a Gaussian process, lets it fall off linearly with the distance
// of contexts (equation: Generalised performance and gap), and trains where it hopes for most coverage (equation: Acquisition).
// Here a shop orders stock, and demand depends on the context. Training is dynamic programming, exact or spoiled by some random
// orders. Scores are 1 for the best policy of a task and 0 for never ordering.

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet mbtl
/**
 * The gain in coverage that MBTL hopes for from training one more task (equation: Acquisition).
 *
 * @param x contexts of all tasks; `at` that of the task in question.
 * @param covered best score so far on each task.
 * @param theta score lost for a unit of distance between contexts.
 * @param gp belief about the score of training at a context.
 * @param beta optimism: its root multiplies the deviation.
 */
export function mbtlGain(
  x: number[],
  at: number,
  covered: number[],
  theta: number,
  gp: (x: number) => { mean: number; deviation: number },
  beta: number,
): number {
  const { mean, deviation } = gp(at);
  const top = mean + Math.sqrt(beta) * deviation;
  return (
    x.reduce((sum, target, j) => sum + Math.max(0, top - theta * Math.abs(at - target) - covered[j]!), 0) / x.length
  );
}

/** Index of the task to train next: the one of the untrained tasks with the highest gain. -1 where all are trained. */
export function mbtlNext(
  x: number[],
  trained: number[],
  covered: number[],
  theta: number,
  gp: (x: number) => { mean: number; deviation: number },
  beta: number,
): number {
  let [best, highest] = [-1, -Infinity];
  x.forEach((at, i) => {
    const gain = trained.includes(i) ? -Infinity : mbtlGain(x, at, covered, theta, gp, beta);
    if (gain > highest) [best, highest] = [i, gain];
  });
  return best;
}
// #endregion

/** theta: least squares through the origin of the observed losses of transfer on the distances of contexts. */
export function gapSlope(trained: readonly number[], transfer: readonly number[][]): number {
  const pairs = trained.flatMap((k) => contexts.map((x, j) => ({ k, j, distance: Math.abs(contexts[k]! - x) })));
  const products = pairs.map(({ k, j, distance }) => (transfer[k]![k]! - transfer[k]![j]!) * distance);
  return Math.max(0, mean(products) / mean(pairs.map(({ distance }) => distance ** 2)));
}

// --- The testbed: stock 0 … 20, orders of up to 10, demand Poisson(1 + 9 x) --------------------------------------------------

const contexts = Array.from({ length: 41 }, (_, i) => i / 40);
const stocks = Array.from({ length: 21 }, (_, s) => s);
const [largestOrder, gamma] = [10, 0.95];

/** Money for a sold item, a kept one, a missing one, and an order besides 1 an item. */
type Costs = Readonly<Record<'price' | 'holding' | 'shortage' | 'fixed', number>>;

/** The task of a context: expected sales, and P(stock s tomorrow) at 21 y + s, by the stock y after ordering. */
export function taskOf(x: number, { price, holding, shortage, fixed }: Costs) {
  const logits = [0];
  for (let D = 1; D <= 30; D++) logits.push(logits[D - 1]! + Math.log((1 + 9 * x) / D));
  const sales = new Float64Array(21);
  const next = new Float64Array(21 * 21);
  for (const y of stocks) {
    softmax(logits).forEach((probability, D) => {
      const [sold, left] = [Math.min(y, D), Math.max(0, y - D)];
      next[y * 21 + left]! += probability;
      sales[y]! += probability * (price * sold - holding * left - shortage * (D - sold));
    });
  }
  return { sales, next, fixed };
}

/**
 * Dynamic programming: the mean over first stocks of the discounted return of a policy, or of the best one.
 *
 * @param orders by stock; where `improve` is set they become the best orders (value iteration).
 */
export function solve({ sales, next, fixed }: ReturnType<typeof taskOf>, orders: number[], improve = false): number {
  let values = new Float64Array(21);
  const worth = (s: number, order: number) => {
    const row = (s + order) * 21;
    let future = 0;
    for (let later = 0; later <= s + order; later++) future += next[row + later]! * values[later]!;
    return sales[s + order]! + gamma * future - (order === 0 ? 0 : order + fixed);
  };
  for (;;) {
    let [least, most] = [Infinity, -Infinity];
    const after = new Float64Array(21);
    for (let s = 0; s < 21; s++) {
      for (let order = 0; improve && order <= Math.min(largestOrder, 20 - s); order++) {
        if (worth(s, order) > worth(s, orders[s]!)) orders[s] = order;
      }
      after[s] = worth(s, orders[s]!);
      least = Math.min(least, after[s]! - values[s]!);
      most = Math.max(most, after[s]! - values[s]!);
    }
    values = after;
    // Once all values grow alike, the rest of the geometric series is known (MacQueen's bounds).
    if (most - least < 1e-6) return mean(values) + ((gamma / (1 - gamma)) * (least + most)) / 2;
  }
}

/** Score on every task x' of the policy trained at every x: transfer[x][x']. */
export function transferTable(costs: Costs, eta: number, rng: Rng): number[][] {
  const tasks = contexts.map((x) => taskOf(x, costs));
  const policies = tasks.map(() => stocks.map(() => 0));
  const idle = tasks.map((task, j) => solve(task, policies[j]!));
  const best = tasks.map((task, j) => solve(task, policies[j]!, true));
  return policies.map((policy) => {
    const trained = policy.map((order, s) =>
      rng.uniform() < eta ? rng.int(0, Math.min(largestOrder, 20 - s) + 1) : order,
    );
    return tasks.map((task, j) => (solve(task, trained) - idle[j]!) / (best[j]! - idle[j]!));
  });
}

/** Score on each task of the best of the trained policies. */
const coverOf = (transfer: readonly number[][], trained: readonly number[]) =>
  contexts.map((_, j) => Math.max(...trained.map((k) => transfer[k]![j]!)));

/** What MBTL knows after training some tasks, from their rows of the table alone. */
function model(transfer: readonly number[][], trained: readonly number[], lengthScale: number) {
  const values = trained.map((k) => transfer[k]![k]!);
  const center = mean(values);
  const variance = Math.max(0.01, mean(values.map((value) => (value - center) ** 2)));
  const kernel = squaredExponential({ lengthScale, variance });
  const points = trained.map((k) => [contexts[k]!]);
  const predict = gaussianProcess({ points, values, kernel, noiseVariance: 0.05 ** 2, mean: center });
  return { gp: (x: number) => predict([x]), theta: gapSlope(trained, transfer), covered: coverOf(transfer, trained) };
}

export default experiment({
  paper: 'mbtl',
  question:
    "With K training runs, how close does MBTL's coverage come to the oracle choice and to training every task, compared with random and evenly spaced choices?",
  seeds: 24,
  params: {
    K: int(8, { min: 6, max: 20, about: 'training budget in tasks' }),
    length_scale: float(0.2, { min: 0.02, max: 1, about: 'of the Gaussian process, in units of the context' }),
    beta: float(1, { min: 0, max: 5, about: 'optimism' }),
    eta: float(0.02, { min: 0, max: 0.5, about: 'share of actions that spoiled training gets wrong' }),
  },
  arms: {
    mbtl: { role: 'method', about: 'the task with the highest hoped-for gain in coverage' },
    random: { role: 'baseline', about: 'tasks at random; mean of 20 draws' },
    equidistant: { role: 'baseline', about: 'centres of K equal intervals' },
    no_gap: { role: 'ablation', about: 'theta = 0: the task whose own score may be highest' },
    oracle: { role: 'reference', about: 'the task with the highest true gain' },
  },
  metrics: {
    coverage: { better: 'higher', unit: 'score', about: 'mean over tasks of the best policy', step: 'trained task' },
    spoiled: { better: 'higher', unit: 'score', about: 'coverage after spoiled training', step: 'trained task' },
  },
  trial({ arm, params, rng, log, show }) {
    const { K, length_scale, beta } = params;
    const all = contexts.map((_, i) => i);
    const draw = rng.split('costs');
    const about = (value: number) => value * draw.uniform(0.6, 1.4);
    const costs = { price: about(3), holding: about(0.3), shortage: about(1), fixed: about(1.5) };

    for (const [metric, eta] of [['coverage', 0] as const, ['spoiled', params.eta] as const]) {
      const transfer = transferTable(costs, eta, rng.split('training'));
      const trained: number[] = [];
      const chooseNext = (): number => {
        if (arm === 'oracle') {
          const after = all.map((i) => mean(coverOf(transfer, [...trained, i])));
          return after.indexOf(Math.max(...after));
        }
        if (trained.length === 0) return 20;
        const { gp, theta, covered } = model(transfer, trained, length_scale);
        return mbtlNext(contexts, trained, covered, arm === 'no_gap' ? 0 : theta, gp, beta);
      };
      const shuffler = rng.split('random');
      const orders = Array.from({ length: 20 }, () => shuffler.shuffle(all));
      for (let k = 1; k <= K; k++) {
        if (arm !== 'random') trained.push(chooseNext());
        const spaced = all.slice(0, k).map((i) => Math.round((40 * (i + 0.5)) / k));
        const sets =
          arm === 'random' ? orders.map((order) => order.slice(0, k)) : [arm === 'equidistant' ? spaced : trained];
        log(k, { [metric]: mean(sets.map((set) => mean(coverOf(transfer, set)))) });
      }
      if (arm !== 'mbtl') continue;
      show(`model, ${metric}`, beliefs(model(transfer, trained.slice(0, 3), length_scale), trained[3]!, beta));
      show(`table, ${metric}`, table(transfer, trained));
    }
  },
  claim: {
    statement:
      'A handful of model-chosen training tasks gives nearly the performance of training every task separately, and does so with fewer tasks than random selection.',
    check({ at, paired }) {
      const ahead = (rival: 'random' | 'oracle' | 'no_gap', metric: 'coverage' | 'spoiled', k: number) =>
        paired((of) => of('mbtl', metric).values[k - 1]! - of(rival, metric).values[k - 1]!, 'mean');
      const overNoGap = mean([2, 3, 4, 5, 6].map((k) => ahead('no_gap', 'spoiled', k)));
      return [
        atLeast('coverage of 4 tasks', at('mbtl', 'coverage', 4, 'mean'), 0.98),
        ...[2, 3, 4, 6].map((k) => atLeast(`${k} tasks, MBTL minus random`, ahead('random', 'coverage', k), 0.01)),
        ...[2, 3, 4, 6].map((k) => atLeast(`${k} tasks, MBTL minus oracle`, ahead('oracle', 'coverage', k), -0.02)),
        ...[2, 3, 4].map((k) => atLeast(`${k} spoiled tasks, MBTL minus random`, ahead('random', 'spoiled', k), 0.01)),
        atLeast('2 to 6 spoiled tasks, MBTL minus no gap model', overNoGap, 0.005),
      ];
    },
  },
});

/** What MBTL believes, and the gain by which it chooses its next task. */
function beliefs({ gp, theta, covered }: ReturnType<typeof model>, next: number, beta: number): Figure {
  const line = (label: string, y: readonly number[]) => ({ type: 'line' as const, label, x: contexts, y });
  const gain = contexts.map((x) => 10 * mbtlGain(contexts, x, covered, theta, gp, beta));
  const hopes = contexts.map((x) => gp(x).mean + Math.sqrt(beta) * gp(x).deviation);
  const own = contexts.map((x) => gp(x).mean);
  return {
    title: `After 3 tasks, when the next is chosen: ${contexts[next]}`,
    x: { label: 'context', min: 0, max: 1 },
    y: { label: 'score' },
    layers: [line('covered', covered), line('own score', own), line('hoped for', hopes), line('gain, x 10', gain)],
  };
}

/** The table of transfer with the policies that were trained. */
function table(transfer: readonly number[][], trained: readonly number[]): Figure {
  const at = trained.map((k) => contexts[k]!);
  return {
    title: 'Score of every policy on every task',
    x: { label: 'task', min: 0, max: 1 },
    y: { label: 'trained at', min: 0, max: 1 },
    layers: [
      { type: 'heatmap', label: 'score', values: transfer, min: 0, max: 1 },
      { type: 'points', label: 'trained', x: at, y: at },
    ],
  };
}
