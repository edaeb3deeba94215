import { adam, atLeast, atMost, choice, experiment, float, int, mean } from 'marginalia';
import type { Curve, Figure, Rng } from 'marginalia';

// Do LLM Agents Have Regret? A Case Study in Online Learning and Games
// Park, Liu, Ozdaglar and Zhang, ICLR 2025, arXiv 2403.16843
//
// Regret is what an agent loses beyond the best fixed action in hindsight (equation: Regret on one sequence). A sequence model
// can be trained on it without labels (equation: Regret-loss): a layer of linear self-attention (equation: Linear self-attention
// policy) becomes follow the regularized leader (equation: What it converges to). Actions are points of the unit disc. Where
// losses alternate, the leader of the past is wrong every time: following it without regularization has linear regret.

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet regret-loss
/**
 * Regret-loss of N loss sequences (arXiv 2403.16843) for actions in the Euclidean unit ball, where the best fixed action loses
 * minus the norm of the summed losses: the mean of max(0, regret)^2, weighted by exp(k regret). The larger k, the more the
 * worst sequence counts; with N = 1 the weight plays no part. The square is needed: where losses have mean zero, the expected
 * regret itself is the same for every policy.
 *
 * @param policy actions, one list [T, d] a sequence; the action at t may depend on the losses before t only.
 * @param losses as many lists [T, d].
 * @returns the loss, the regret of each sequence, and the gradient of the loss in the actions.
 */
export function regretLoss(
  policy: readonly Float64Array[],
  losses: readonly Float64Array[],
  d: number,
  k: number,
): { loss: number; regrets: number[]; gradient: Float64Array[] } {
  const regrets = losses.map((sequence, j) => {
    const [actions, total] = [policy[j]!, new Array<number>(d).fill(0)];
    for (let i = 0; i < sequence.length; i++) total[i % d]! += sequence[i]!;
    let regret = Math.hypot(...total);
    for (let i = 0; i < sequence.length; i++) regret += sequence[i]! * actions[i]!;
    return regret;
  });
  const most = Math.max(...regrets);
  const weights = regrets.map((regret) => Math.exp(k * (regret - most)));
  const sum = weights.reduce((a, b) => a + b, 0);
  const outer = regrets.map((regret) => Math.max(0, regret) ** 2);
  const loss = outer.reduce((partial, h, j) => partial + (h * weights[j]!) / sum, 0);
  const gradient = losses.map((sequence, j) => {
    const slope = (weights[j]! / sum) * (2 * Math.max(0, regrets[j]!) + k * (outer[j]! - loss));
    return sequence.map((x) => slope * x);
  });
  return { loss, regrets, gradient };
}
// #endregion

/** One of the layer's rows, [V | v] and [u, b], applied to the loss at i: the value V l + v, and the score u.l + b. */
const affine = (theta: Float64Array, row: number, losses: Float64Array, i: number) =>
  theta[3 * row]! * losses[i]! + theta[3 * row + 1]! * losses[i + 1]! + theta[3 * row + 2]!;

/** Actions [T, 2]: sums of value times score over the losses before, divided by `norms` where they leave the disc. */
export function attention(theta: Float64Array, losses: Float64Array, norms?: Float64Array): Float64Array {
  const actions = new Float64Array(losses.length);
  for (let [i, x, y] = [0, 0, 0]; i < losses.length; i += 2) {
    const norm = Math.max(1, Math.sqrt(x * x + y * y));
    if (norms) norms[i / 2] = norm;
    actions[i] = x / norm;
    actions[i + 1] = y / norm;
    const score = affine(theta, 2, losses, i);
    x += affine(theta, 0, losses, i) * score;
    y += affine(theta, 1, losses, i) * score;
  }
  return actions;
}

/** Adds to `gradient` how a loss changes with the layer, given how it changes with the actions. */
export function backpropagate(theta: Float64Array, losses: Float64Array, back: Float64Array, gradient: Float64Array) {
  const norms = new Float64Array(losses.length / 2);
  const actions = attention(theta, losses, norms);
  // x and y: how the loss changes with all sums after a time.
  for (let [i, x, y] = [losses.length - 2, 0, 0]; i >= 0; i -= 2) {
    const score = affine(theta, 2, losses, i);
    const byScore = x * affine(theta, 0, losses, i) + y * affine(theta, 1, losses, i);
    for (let c = 0; c < 3; c++) {
      const input = c < 2 ? losses[i + c]! : 1;
      gradient[c]! += x * score * input;
      gradient[3 + c]! += y * score * input;
      gradient[6 + c]! += byScore * input;
    }
    const norm = norms[i / 2]!;
    // At the edge of the disc only what is across the action comes back.
    const along = norm > 1 ? back[i]! * actions[i]! + back[i + 1]! * actions[i + 1]! : 0;
    x += (back[i]! - along * actions[i]!) / norm;
    y += (back[i + 1]! - along * actions[i + 1]!) / norm;
  }
}

/** Follow the regularized leader with a step size: the layer with b V = -eta I and nothing else. */
export const ftrl = (losses: Float64Array, eta: number) =>
  attention(Float64Array.of(-eta, 0, 0, 0, -eta, 0, 0, 0, 1), losses);

// --- The testbed: families of losses in the plane -------------------------------------------------------------------------

const families = ['gauss', 'bias', 'alt', 'sine'] as const;
type Family = (typeof families)[number];

/** A sequence of losses [T, 2]: normal, around a fixed bias, alternating along a direction, or waves. */
export function drawLosses(family: Family, horizon: number, rng: Rng): Float64Array {
  function around(deviation: number, center: (t: number, axis: number) => number): Float64Array {
    const losses = new Float64Array(2 * horizon);
    for (let i = 0; i < losses.length; i++) losses[i] = center(i >> 1, i % 2) + deviation * rng.normal();
    return losses;
  }
  if (family === 'gauss') return around(1, () => 0);
  const bias = [rng.normal(), rng.normal()];
  if (family === 'bias') return around(1, (_, axis) => bias[axis]!);
  const phases = [rng.uniform(0, 2 * Math.PI), rng.uniform(0, 2 * Math.PI)];
  const direction = [Math.cos(phases[0]!), Math.sin(phases[0]!)];
  if (family === 'alt') return around(0.1, (t, axis) => direction[axis]! * (t === 0 ? 0.5 : (-1) ** t));
  const frequencies = [rng.uniform(0.2, 1.2), rng.uniform(0.2, 1.2)];
  return around(0.2, (t, axis) => Math.sin(frequencies[axis]! * t + phases[axis]!));
}

/** How the squared distances of actions to the best one in hindsight, which takes labels, change with them. */
function towardsBest(actions: Float64Array, losses: Float64Array): Float64Array {
  const total = [0, 0];
  losses.forEach((x, i) => (total[i % 2]! += x));
  const length = Math.hypot(...total);
  return actions.map((x, i) => 2 * (x + total[i % 2]! / length));
}

// --- The experiment -----------------------------------------------------------------------------------------------------

const etas = [0.02, 0.05, 0.1, 0.2, 0.4, 1, 1e9]; // Of which FTRL gets the best; with the last it follows the leader.

export default experiment({
  paper: 'regret-loss',
  question:
    'Does minimising regret-loss on random losses turn a linear self-attention layer into FTRL, and does that cure the alternating sequences on which follow-the-leader has linear regret?',
  seeds: 16,
  params: {
    steps: int(600, { min: 20, max: 5000, about: 'Adam steps; the rate falls in a line from 0.01 to 0' }),
    batch: int(64, { min: 8, max: 512, about: 'sequences a step' }),
    horizon: int(20, { min: 5, max: 100, about: 'losses in a sequence' }),
    train_family: choice('gauss', { choices: families, about: 'losses to train on' }),
    k: float(0.5, { min: 0, max: 5, about: 'how much the worst of four sequences counts' }),
  },
  arms: {
    regret_loss: { role: 'method', about: 'squared positive part of the regret of each sequence (N = 1)' },
    worst_of_4: { role: 'method', about: 'groups of four sequences, weighted towards the worst' },
    supervised: { role: 'baseline', about: 'squared distance to the best action in hindsight, same sequences' },
    follow_leader: { role: 'baseline', about: 'the action that was best so far' },
    still: { role: 'baseline', about: 'always the middle' },
    linear: { role: 'ablation', about: 'the regret itself (h linear)' },
    regret_loss_bias: { role: 'ablation', about: 'regret-loss on drifting sequences' },
    tuned_ftrl: { role: 'reference', about: 'FTRL with the best step size for each family in hindsight' },
  },
  metrics: {
    regret_alt: { better: 'lower', unit: 'loss', about: 'mean regret on alternating sequences' },
    regret_bias: { better: 'lower', unit: 'loss', about: 'mean regret on drifting sequences' },
    off_diagonal: { better: 'lower', unit: 'ratio', about: 'of b V, to its diagonal', scale: 'log' },
    score_slope: { better: 'lower', unit: 'ratio', about: 'norm of u over b', scale: 'log' },
    eta: { better: 'neither', unit: 'step size', about: 'mean diagonal entry of -b V' },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const { steps, batch, horizon, k } = params;
    const tests = families.map((family) => {
      const draws = rng.split(`test ${family}`);
      return Array.from({ length: 200 }, () => drawLosses(family, horizon, draws));
    });
    const regrets = (policy: (losses: Float64Array) => Float64Array, of = tests) =>
      of.map((sequences) => mean(regretLoss(sequences.map(policy), sequences, 2, 0).regrets));
    const byEta = etas.map((eta) => regrets((losses) => ftrl(losses, eta)));
    const tuned_ftrl = families.map((_, f) => Math.min(...byEta.map((one) => one[f]!)));
    const fixed = { follow_leader: byEta.at(-1)!, still: regrets((losses) => ftrl(losses, 0)), tuned_ftrl };
    if (arm === 'follow_leader' || arm === 'still' || arm === 'tuned_ftrl') {
      for (const step of [0, steps]) log(step, { regret_bias: fixed[arm][1]!, regret_alt: fixed[arm][2]! });
      return;
    }

    const start = rng.split('layer');
    const theta = Float64Array.from({ length: 9 }, (_, j) => start.normal(0, 0.1) + (j === 8 ? 0.3 : 0));
    const layer = (losses: Float64Array) => attention(theta, losses);
    const path: number[][] = [];
    const evaluate = (step: number) => {
      const product = [0, 1, 3, 4].map((entry) => theta[8]! * theta[entry]!);
      const [m11, m12, m21, m22] = product.map(Math.abs) as [number, number, number, number];
      const [regret_bias, regret_alt] = regrets(layer, tests.slice(1, 3)) as [number, number];
      const [off_diagonal, eta] = [Math.max(m12, m21) / mean([m11, m22]), -(product[0]! + product[3]!) / 2];
      const score_slope = Math.hypot(theta[6]!, theta[7]!) / Math.abs(theta[8]!);
      log(step, { regret_bias, regret_alt, off_diagonal, score_slope, eta });
      path.push(product);
    };

    const [family, size] = [arm === 'regret_loss_bias' ? 'bias' : params.train_family, arm === 'worst_of_4' ? 4 : 1];
    const draws = rng.split('training');
    const optimiser = adam(9, { rate: 0.01, scale: 0.99 });
    for (let step = 0; step < steps; step++) {
      if (step % Math.ceil(steps / 8) === 0) evaluate(step);
      const gradient = new Float64Array(9);
      for (let done = 0; done < batch; done += size) {
        const group = Array.from({ length: size }, () => drawLosses(family, horizon, draws));
        const actions = group.map(layer);
        let slopes = arm === 'linear' ? group : regretLoss(actions, group, 2, k).gradient;
        if (arm === 'supervised') slopes = [towardsBest(actions[0]!, group[0]!)];
        group.forEach((losses, j) => backpropagate(theta, losses, slopes[j]!, gradient));
      }
      const change = new Float64Array(9);
      optimiser(change, gradient);
      change.forEach((by, j) => (theta[j]! += (1 - step / steps) * by));
      progress(step / steps);
    }
    evaluate(steps);
    show('layer', pathFigure(path));
    show('families', barsFigure({ [arm]: regrets(layer), ...fixed }));
  },

  claim: {
    statement:
      "Minimising regret-loss without labels makes a linear self-attention layer implement FTRL with a quadratic regulariser, which has low regret both on drifting and on the alternating 'regrettable' sequences.",
    check({ final, paired }) {
      type Of = (arm: 'regret_loss' | 'follow_leader' | 'still', metric: 'regret_alt' | 'regret_bias') => Curve;
      const last = ({ values }: Curve) => values.at(-1)!;
      const onAlternating = (of: Of) => last(of('regret_loss', 'regret_alt')) / last(of('follow_leader', 'regret_alt'));
      const onDrifting = (of: Of) => last(of('regret_loss', 'regret_bias')) / last(of('still', 'regret_bias'));
      return [
        atMost('regret on alternating losses, regret-loss over leader', paired(onAlternating), 0.3),
        atMost('regret on drifting losses, regret-loss over standing still', paired(onDrifting), 0.35),
        atMost('off-diagonal share of b V', final('regret_loss', 'off_diagonal'), 0.15),
        atMost('slope of the score over b', final('regret_loss', 'score_slope'), 0.15),
        atLeast('step size', final('regret_loss', 'eta'), 0.08),
        atMost('the same step size', final('regret_loss', 'eta'), 0.3),
      ];
    },
  },
});

function pathFigure(path: readonly number[][]): Figure {
  const values = [0, 1, 2, 3].map((entry) => path.map((product) => product[entry]!));
  return {
    title: 'b V in training: -eta on the diagonal, 0 beside it',
    x: { label: 'share of the training', min: 0, max: 1 },
    y: { label: 'entry', min: 0, max: 4, categories: ['1 1', '1 2', '2 1', '2 2'] },
    layers: [{ type: 'heatmap', label: 'b V', values }],
  };
}

function barsFigure(regrets: Readonly<Record<string, readonly number[]>>): Figure {
  const place = (n: number) => families.map((_, f) => f + (n - 1.5) / 5);
  const layers = Object.entries(regrets).map(
    ([label, height], n) => ({ type: 'bars', label, x: place(n), height }) as const,
  );
  const [x, y] = [{ label: 'losses', categories: families }, { label: 'mean regret' }];
  return { title: 'Regret by family of losses', x, y, layers };
}
