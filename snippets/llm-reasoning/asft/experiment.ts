import { atLeast, atMost, denseNetwork, experiment, float, int, mean, softmax } from 'marginalia';
import type { DenseNetwork, Rng } from 'marginalia';

// Anchored Supervised Fine-Tuning
// Zhu, Su, Lai, Ma, Zhang, Yang and Chen, ICLR 2026, arXiv 2509.23753
//
// Dynamic fine-tuning weighs the cross-entropy of each token with the probability that the model gives it (equation: Dynamic
// fine-tuning (DFT)): a tighter bound on the expected reward than SFT, but one that reinforces itself and drifts (equation:
// Reward-weighted regression view). ASFT adds a small KL divergence from the base model on the same tokens (equation: ASFT).
// Here a small network knows ten operators on eleven digits, three of them badly, and is fine-tuned on noisy demonstrations
// of those three. All parameters are shared, so that it can forget the other seven.

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet asft-loss
/**
 * Gradient of the ASFT loss with respect to the logits of one position (Zhu et al., arXiv 2509.23753):
 * p[target] (p - onehot(target)) of the reweighted cross-entropy, whose weight is a constant to the gradient, and
 * lambda (p - pBase) of lambda KL(pBase || p).
 *
 * @param p probabilities of the model in training; pBase those of the model that it began as.
 * @param target index of the demonstrated token.
 * @param lambda weight of the anchor, 0.05 to 0.1; 0 is DFT.
 */
export function asftLogitGrad(p: Float32Array, pBase: Float32Array, target: number, lambda: number): Float32Array {
  return p.map((value, k) => p[target]! * (value - (k === target ? 1 : 0)) + lambda * (value - pBase[k]!));
}
// #endregion

type Arm = 'asft' | 'dft' | 'sft' | 'sft_kl' | 'no_stop' | 'reverse_kl';

/** Gradients of all losses that are compared, by the same four arguments. */
export const logitGradients: Record<Arm, typeof asftLogitGrad> = {
  asft: asftLogitGrad,
  dft: (p, pBase, target) => asftLogitGrad(p, pBase, target, 0),
  sft: (p, _, target) => p.map((value, k) => value - (k === target ? 1 : 0)),
  sft_kl: (p, pBase, target, lambda) =>
    p.map((value, k) => value - (k === target ? 1 : 0) + lambda * (value - pBase[k]!)),
  // Of -p log p: the weight is differentiated too.
  no_stop: (p, _, target) =>
    p.map((value, k) => p[target]! * (1 + Math.log(p[target]!)) * (value - (k === target ? 1 : 0))),
  // Of lambda KL(p || pBase).
  reverse_kl: (p, pBase, target, lambda) => {
    const divergence = klDivergence(p, pBase);
    return asftLogitGrad(p, pBase, target, 0).map(
      (value, k) => value + lambda * p[k]! * (Math.log(p[k]! / pBase[k]!) - divergence),
    );
  },
};

/** KL(p || q) in nats. */
function klDivergence(p: Float32Array, q: Float32Array): number {
  return p.reduce((sum, value, k) => sum + value * Math.log(value / q[k]!), 0);
}

// --- The testbed: operators on digits ---------------------------------------------------------------------------------------

const digits = 11;
const operators = 10;
const targets = 3;
const batch = { base: 64, tuning: 32 };

/** Context c stands for operator floor(c / 11) on digit c mod 11; the first three operators are the targets. */
const contexts = Array.from({ length: operators * digits }, (_, context) => context);
const targetContexts = contexts.slice(0, targets * digits);
const generalContexts = contexts.slice(targets * digits);

function inputsOf(chosen: readonly number[]): Float32Array {
  const inputs = new Float32Array(chosen.length * (operators + digits));
  for (const [row, context] of chosen.entries()) {
    inputs[row * (operators + digits) + Math.floor(context / digits)] = 1;
    inputs[row * (operators + digits) + operators + (context % digits)] = 1;
  }
  return inputs;
}

/** The model's probabilities of the digits, for each of these contexts. */
function predict(network: DenseNetwork, chosen: readonly number[]): Float32Array[] {
  const logits = network.forward(inputsOf(chosen), chosen.length);
  return chosen.map((_, row) => Float32Array.from(softmax(logits.subarray(row * digits, (row + 1) * digits))));
}

/** One step down the mean of a loss over examples, given its gradient by the logits. */
function learn(
  network: DenseNetwork,
  chosen: readonly number[],
  gradientOf: (p: Float32Array, example: number) => Float32Array,
): void {
  const gradient = new Float32Array(chosen.length * digits);
  for (const [row, p] of predict(network, chosen).entries()) {
    gradient.set(gradientOf(p, row).map((value) => value / chosen.length), row * digits); // prettier-ignore
  }
  network.backward(gradient);
  network.step();
}

/** A network that was taught all operators, the targets with right answers only in `taught` of the cases. */
function baseModel(rng: Rng, answers: readonly number[], taught: number, rate: number): DenseNetwork {
  const network = denseNetwork(rng.split('weights'), {
    sizes: [operators + digits, 48, digits],
    activation: 'tanh',
    optimizer: { type: 'adam', rate },
  });
  // First weights with deviations sqrt(2 / 21) and 0.1.
  const first = (operators + digits) * 48;
  network.writeParameters(
    network.readParameters().map((value, i) => value * (i < first ? Math.SQRT2 : 0.1 * Math.sqrt(48))),
  );
  const examples = rng.split('examples');
  for (let update = 0; update < 800; update++) {
    const chosen = Array.from({ length: batch.base }, () => examples.int(0, contexts.length));
    const labels = new Float32Array(batch.base * digits);
    chosen.forEach((context, row) => {
      const right = context >= targetContexts.length || examples.uniform() < taught;
      labels[row * digits + (right ? answers[context]! : examples.int(0, digits))] = 1;
    });
    network.train(inputsOf(chosen), batch.base, { loss: 'cross-entropy', targets: labels });
  }
  return network;
}

// --- The experiment -----------------------------------------------------------------------------------------------------

export default experiment({
  paper: 'asft',
  question:
    'On noisy demonstrations in a narrow domain, does the anchored loss learn the domain better than SFT and DFT while drifting less and forgetting less?',
  seeds: 24,
  params: {
    lambda: float(0.1, { min: 0, max: 1, about: 'weight of the anchor' }),
    label_noise: float(0.2, { min: 0, max: 0.6, about: 'share of demonstrations whose answer is drawn anew' }),
    steps: int(300, { min: 50, max: 2000, about: 'steps of fine-tuning' }),
    copies: int(3, { min: 1, max: 10, about: 'demonstrations of each target context' }),
    rate: float(0.003, { min: 0.0003, max: 0.02, about: 'step size of Adam' }),
  },
  arms: {
    asft: { role: 'method', about: 'reweighted cross-entropy with an anchor' },
    dft: { role: 'ablation', about: 'the same without the anchor' },
    sft_kl: { role: 'ablation', about: 'the same without the weight: SFT with an anchor' },
    no_stop: { role: 'ablation', about: 'DFT whose weight is differentiated too' },
    reverse_kl: { role: 'ablation', about: 'anchored by KL(model || base) instead' },
    sft: { role: 'baseline', about: 'cross-entropy' },
  },
  metrics: {
    target_prob: {
      better: 'higher',
      unit: 'probability',
      about: 'of the right answer on target contexts',
      step: 'step',
    },
    general_prob: { better: 'higher', unit: 'probability', about: 'of the right answer on the others', step: 'step' },
    drift_kl: { better: 'lower', unit: 'nats', about: 'KL(base || model) on target contexts', step: 'step' },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const { lambda, label_noise, steps, copies, rate } = params;
    const world = rng.split('operators');
    const numbers = Array.from({ length: digits }, (_, digit) => digit);
    const answers = Array.from({ length: operators }, () => world.shuffle(numbers)).flat();
    const network = baseModel(rng.split('base model'), answers, 0.35, 0.003);
    const base = predict(network, contexts);
    const { parameters, averages } = network.save();
    // The optimiser starts afresh.
    network.restore({ parameters, averages: averages.map(({ length }) => new Float32Array(length)), steps: 0 });
    network.rate = rate;

    const noise = rng.split('demonstrations');
    const demonstrations = targetContexts.flatMap((context) =>
      Array.from({ length: copies }, () => ({
        context,
        answer: noise.uniform() < label_noise ? noise.int(0, digits) : answers[context]!,
      })),
    );
    const trail: { target: number; general: number }[] = [];
    const evaluate = (step: number) => {
      const now = predict(network, contexts);
      const right = (chosen: readonly number[]) => mean(chosen.map((context) => now[context]![answers[context]!]!));
      const [target, general] = [right(targetContexts), right(generalContexts)];
      const drift = mean(targetContexts.map((context) => klDivergence(base[context]!, now[context]!)));
      log(step, { target_prob: target, general_prob: general, drift_kl: drift });
      trail.push({ target, general });
      progress(step / steps);
    };

    evaluate(0);
    const draws = rng.split('batches');
    for (let step = 1; step <= steps; step++) {
      const examples = Array.from({ length: batch.tuning }, () => draws.choice(demonstrations));
      const chosen = examples.map(({ context }) => context);
      learn(network, chosen, (p, row) => logitGradients[arm](p, base[chosen[row]!]!, examples[row]!.answer, lambda));
      if (step % 10 === 0 || step === steps) evaluate(step);
    }
    network.dispose();
    show('trail', {
      title: 'What is learned and what is forgotten',
      x: { label: 'right answer on target contexts', min: 0, max: 1 },
      y: { label: 'right answer on the others', min: 0, max: 1 },
      layers: [
        { type: 'line', label: 'while training', x: trail.map(({ target }) => target), y: trail.map(({ general }) => general) }, // prettier-ignore
        { type: 'points', label: 'base', x: [trail[0]!.target], y: [trail[0]!.general] },
      ],
    });
  },

  claim: {
    statement:
      "Anchoring keeps DFT's advantage over SFT and removes its drift: better target performance than both with a fraction of DFT's divergence from the base.",
    check({ paired }) {
      const of = (metric: 'target_prob' | 'general_prob', rival: Arm) =>
        paired((curves) => curves('asft', metric).values.at(-1)! - curves(rival, metric).values.at(-1)!, 'mean');
      const drift = (rival: Arm) =>
        paired((curves) => curves('asft', 'drift_kl').values.at(-1)! / curves(rival, 'drift_kl').values.at(-1)!);
      return [
        atLeast('right answer on target contexts, ASFT minus SFT', of('target_prob', 'sft'), 0.02),
        atLeast('right answer on target contexts, ASFT minus DFT', of('target_prob', 'dft'), 0),
        atLeast('right answer on target contexts, ASFT minus SFT with anchor', of('target_prob', 'sft_kl'), 0.02),
        atMost('drift on target contexts, ASFT over DFT', drift('dft'), 0.5),
        atLeast('right answer on the others, ASFT minus DFT', of('general_prob', 'dft'), 0.08),
      ];
    },
  },
});
