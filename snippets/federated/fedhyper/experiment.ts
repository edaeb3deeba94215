import { accuracy, atLeast, createGlyphs, denseNetwork, experiment, float, glyphBatch, int } from 'marginalia';
import type { Curve, DenseNetwork, Figure, GlyphImages, Rng } from 'marginalia';

// FedHyper: A Universal and Robust Learning Rate Scheduler for Federated Learning with Hypergradient Descent
// Wang, Wang and Li, ICLR 2024, arXiv 2310.03156
//
// The loss of a round falls with the last step size by minus the product of two consecutive gradients. In federated learning
// the mean of the clients' changes (equation: Aggregated update) plays the gradient, so that a rate rises while rounds go the
// same way, and falls when they turn: the server's rate (equation: FedHyper-G) or the clients' (equation: FedHyper-SL).
// The clients' own variant (equation: FedHyper-CL) is left out. Here the clients' first rate is too low by various factors.

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet fedhyper-g
/**
 * The server's learning rate for this round (equation: FedHyper-G).
 *
 * @param alpha rate of the last round.
 * @param delta aggregated update of this round: old minus new weights, flat.
 * @param prevDelta that of the last round; null in the first, which keeps its rate.
 * @param gamma above 1: the rate stays within 1 / gamma and gamma.
 */
export function fedHyperG(alpha: number, delta: Float32Array, prevDelta: Float32Array | null, gamma: number): number {
  if (prevDelta === null) return alpha;
  const product = delta.reduce((sum, value, i) => sum + value * prevDelta[i]!, 0);
  return Math.min(Math.max(alpha + product, 1 / gamma), gamma);
}
// #endregion

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** What a server knows when the clients of a round have answered. */
interface Round {
  /** Rates so far: the server's of the last round, and the clients' of this one over the first. */
  readonly alpha: number;
  readonly beta: number;
  readonly delta: Float32Array;
  readonly prevDelta: Float32Array | null;
  /** Mean of the squared lengths of the clients' changes. */
  readonly meanSquare: number;
  readonly gamma: number;
}

/** By arm: the server's rate in this round, and the clients' rate in the next. */
const rules = {
  fedhyper_g: ({ alpha, beta, delta, prevDelta, gamma }) => [fedHyperG(alpha, delta, prevDelta, gamma), beta],
  // The clients' rate is in units of the first one, so the same bounded sum serves as its factor, as in the authors' code.
  fedhyper_sl: ({ beta, delta, prevDelta, gamma }) => [1, fedHyperG(beta, delta, prevDelta, gamma)],
  fedavg: () => [1, 1],
  decay: ({ beta }) => [1, 0.98 * beta],
  fedexp: ({ delta, meanSquare }) => [Math.max(1, meanSquare / (2 * (dot(delta, delta) + 1e-3))), 1],
  reversed: ({ alpha, beta, delta, prevDelta, gamma }) => [
    fedHyperG(
      alpha,
      delta.map((value) => -value),
      prevDelta,
      gamma,
    ),
    beta,
  ],
  normalized: ({ alpha, beta, delta, prevDelta, gamma }) => {
    const lengths = prevDelta === null ? 1 : Math.sqrt(dot(delta, delta) * dot(prevDelta, prevDelta));
    return [
      fedHyperG(
        alpha,
        delta.map((value) => (0.5 * value) / lengths),
        prevDelta,
        gamma,
      ),
      beta,
    ];
  },
} as const satisfies Record<string, (round: Round) => readonly [number, number]>;

// --- The federation --------------------------------------------------------------------------------------------------------

/**
 * Splits images over clients: the shares of each class over them are drawn from a Dirichlet distribution, the smaller its
 * concentration the more each client has classes of its own. Clients with fewer than five images are left out.
 */
export function splitByLabel(labels: Uint8Array, clients: number, concentration: number, rng: Rng): number[][] {
  const parts = Array.from({ length: clients }, (): number[] => []);
  for (let label = 0; label < 10; label++) {
    // Breaking a stick: each client takes a beta-distributed part of what is left.
    let left = 1;
    const shares = parts.map((_, k) => {
      const part = k === clients - 1 ? 1 : rng.beta(concentration, concentration * (clients - 1 - k));
      const share = left * part;
      left -= share;
      return share;
    });
    labels.forEach((one, n) => {
      if (one === label) parts[rng.weighted(shares)]!.push(n);
    });
  }
  return parts.filter(({ length }) => length >= 5);
}

/** Some epochs of gradient descent on a client's images from these weights, in batches of 20. Returns the change. */
function trainClient(network: DenseNetwork, weights: Float32Array, data: GlyphImages, own: number[], rng: Rng) {
  network.writeParameters(weights);
  for (let epoch = 0; epoch < localEpochs; epoch++) {
    const order = rng.shuffle(own);
    for (let i = 0; i < order.length; i += 20) {
      const numbers = order.slice(i, i + 20);
      const { inputs, targets } = glyphBatch(data, numbers);
      network.train(inputs, numbers.length, { loss: 'cross-entropy', targets });
    }
  }
  const after = network.readParameters();
  return weights.map((value, i) => value - after[i]!);
}

// --- The experiment -----------------------------------------------------------------------------------------------------

const localEpochs = 5;
const target = 0.75;
/** First rates of the clients, as multiples of the lowest. */
const factors = [1, 3, 10] as const;
const accuracyOf = ['accuracy', 'accuracy_x3', 'accuracy_x10'] as const;
const perRate = { step: 'first local rate', stepScale: 'log' } as const;
const perRound = { step: 'round' } as const;

export default experiment({
  paper: 'fedhyper',
  question:
    'Starting from a sub-optimal local rate, does the hypergradient rule on the global rate reach a target accuracy in fewer rounds than FedAvg, for several initial rates?',
  seeds: 8,
  params: {
    beta0: float(0.01, { min: 0.001, max: 0.3, about: 'lowest first rate of the clients; 3 and 10 times it follow' }),
    rounds: int(30, { min: 5, max: 200, about: 'rounds of communication' }),
    clients: int(20, { min: 5, max: 100, about: 'clients; 30 % of them take part in a round' }),
    dirichlet: float(0.3, { min: 0.05, max: 100, about: 'concentration of the split by label: small is uneven' }),
    gamma: float(5, { min: 1.5, max: 20, about: 'bound on the factor by which rates change' }),
  },
  arms: {
    fedhyper_g: { role: 'method', about: 'hypergradient rule on the rate of the server' },
    fedhyper_sl: { role: 'method', about: 'hypergradient rule at the server on the rate of the clients' },
    fedavg: { role: 'baseline', about: 'the clients average their weights; rates stay' },
    decay: { role: 'baseline', about: 'the rate of the clients falls by 2 % a round' },
    fedexp: { role: 'baseline', about: "the server's rate from how much the clients' changes cancel out" },
    reversed: { role: 'ablation', about: 'hypergradient rule on the rate of the server with the wrong sign' },
    normalized: { role: 'baseline', about: 'the same rule with half the cosine of the two updates' },
  },
  metrics: {
    rounds_to_target: {
      better: 'lower',
      unit: 'rounds',
      about: `to test accuracy ${target}; one more if never`,
      ...perRate,
    },
    final_acc: { better: 'higher', unit: 'fraction', about: 'test accuracy after the last round', ...perRate },
    accuracy: { better: 'higher', unit: 'fraction', about: 'test accuracy with the lowest first rate', ...perRound },
    accuracy_x3: { better: 'higher', unit: 'fraction', about: 'test accuracy with 3 times that rate', ...perRound },
    accuracy_x10: { better: 'higher', unit: 'fraction', about: 'test accuracy with 10 times that rate', ...perRound },
    global_rate: { better: 'neither', unit: 'factor', about: "the server's, with the lowest first rate", ...perRound },
    local_rate: { better: 'neither', unit: 'factor', about: "the clients' over their first, the lowest", ...perRound },
    agreement: {
      better: 'neither',
      unit: 'product',
      about: 'of two updates in a row, with the lowest first rate',
      ...perRound,
    },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const { beta0, rounds, gamma } = params;
    const draw = createGlyphs(rng.split('prototypes'));
    const data = draw(2000, 1, rng.split('training images'));
    const test = draw(1500, 1, rng.split('test images'));
    const parts = splitByLabel(data.labels, params.clients, params.dirichlet, rng.split('clients'));
    show('clients', clientsFigure(parts, data.labels));

    for (const [i, factor] of factors.entries()) {
      const network = denseNetwork(rng.split('weights'), {
        sizes: [64, 32, 10],
        activation: 'relu',
        optimizer: { type: 'sgd', rate: factor * beta0 },
      });
      const training = rng.split('training');
      let weights = network.readParameters();
      let [alpha, beta] = [1, 1];
      let prevDelta: Float32Array | null = null;
      let reached = rounds + 1;
      let tested = 0;
      for (let round = 1; round <= rounds; round++) {
        const chosen = training.shuffle(parts).slice(0, Math.ceil(0.3 * parts.length));
        const samples = chosen.reduce((sum, { length }) => sum + length, 0);
        network.rate = factor * beta0 * beta;
        const delta = new Float32Array(weights.length);
        let meanSquare = 0;
        for (const own of chosen) {
          const change = trainClient(network, weights, data, own, training);
          const share = own.length / samples;
          change.forEach((value, j) => (delta[j]! += share * value));
          meanSquare += share * dot(change, change);
        }
        if (i === 0) log(round, { local_rate: beta });
        [alpha, beta] = rules[arm]({ alpha, beta, delta, prevDelta, meanSquare, gamma });
        weights = weights.map((value, j) => value - alpha * delta[j]!);
        network.writeParameters(weights);
        const before = tested;
        tested = accuracy(network.forward(test.pixels, test.labels.length), test.labels);
        // Between two rounds in a line: in whole rounds a ratio of small numbers would jump.
        if (tested >= target && reached > rounds) reached = round - (tested - target) / (tested - before);
        log(round, { [accuracyOf[i]!]: tested });
        if (i === 0) log(round, { global_rate: alpha, agreement: prevDelta === null ? 0 : dot(delta, prevDelta) });
        prevDelta = delta;
        progress((i + round / rounds) / factors.length);
      }
      log(factor * beta0, { rounds_to_target: reached, final_acc: tested });
    }
  },

  claim: {
    statement:
      'A hypergradient rule on the global or local rate makes federated training converge 1.1 to 3 times faster than FedAvg and makes it robust to a poor initial rate.',
    // All arms of a seed share images, clients, first weights and the order of the clients.
    check({ paired, final }) {
      type Of = (arm: keyof typeof rules, metric: 'rounds_to_target' | 'final_acc') => Curve;
      const speedup = (arm: keyof typeof rules, rate: number) =>
        paired((of: Of) => of('fedavg', 'rounds_to_target').values[rate]! / of(arm, 'rounds_to_target').values[rate]!);
      const gain = (rate: number) =>
        paired((of: Of) => of('fedhyper_g', 'final_acc').values[rate]! - of('fedavg', 'final_acc').values[rate]!);
      return [
        atLeast('rounds at the lowest first rate, FedAvg over FedHyper-G', speedup('fedhyper_g', 0), 1.15),
        atLeast('rounds at 3 times that rate, FedAvg over FedHyper-G', speedup('fedhyper_g', 1), 1.15),
        atLeast('rounds at the lowest first rate, FedAvg over FedHyper-SL', speedup('fedhyper_sl', 0), 1.1),
        atLeast('final accuracy at the lowest first rate, FedHyper-G minus FedAvg', gain(0), 0.01),
        atLeast('final accuracy at 10 times that rate, FedHyper-G minus FedAvg', gain(2), 0),
        atLeast("the server's rate of FedHyper-G at the end", final('fedhyper_g', 'global_rate'), 1.2),
      ];
    },
  },
});

/** How many images of each class each client has. */
function clientsFigure(parts: readonly (readonly number[])[], labels: Uint8Array): Figure {
  const values = Array.from({ length: 10 }, (_, label) =>
    parts.map((own) => own.filter((n) => labels[n] === label).length),
  );
  return {
    title: 'What the clients have',
    x: { label: 'client', min: 0, max: parts.length },
    y: { label: 'class', min: 0, max: 10 },
    layers: [{ type: 'heatmap', label: 'images', values }],
  };
}
