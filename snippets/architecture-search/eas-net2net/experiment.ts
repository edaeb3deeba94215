import { atLeast, atMost, denseNetwork, experiment, float, int, logistic, mean, softmax } from 'marginalia';
import type { Curve, DenseNetwork, Rng } from 'marginalia';

// Efficient Architecture Search by Network Transformation
// Cai, Chen, Zhang, Yu and Wang, AAAI 2018, arXiv 1707.04873
//
// Candidates are made by editing a trained network: a layer gets copies of its units (equation: Net2Wider) whose outgoing
// weights are shared out (equation: Correction of the next layer), or an identity is put behind it (equation: Net2Deeper).
// Neither changes the function, so that a short training tells how good a candidate is. A controller learns which edits pay
// (equation: Controller reward and gradient). Networks are perceptrons that tell three interleaved spirals apart.

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet net2net
/**
 * Widens a layer without changing the network's function: new units are copies of old ones, and the outgoing weights of a
 * unit are divided by how many copies of it there are. Copies have equal gradients: add a little noise before training.
 *
 * @param wIn weights into the layer [inputs][units], bIn its biases, wOut weights out of it [units][outputs].
 * @param newUnits units afterwards, as many as now or more.
 * @param rand uniform in [0, 1).
 */
export function net2Wider(
  wIn: number[][],
  bIn: number[],
  wOut: number[][],
  newUnits: number,
  rand: () => number,
): { wIn: number[][]; bIn: number[]; wOut: number[][] } {
  const units = bIn.length;
  const source = Array.from({ length: newUnits }, (_, j) => (j < units ? j : Math.floor(rand() * units)));
  const copies = new Array<number>(units).fill(0);
  for (const j of source) copies[j]!++;
  return {
    wIn: wIn.map((row) => source.map((j) => row[j]!)),
    bIn: source.map((j) => bIn[j]!),
    wOut: source.map((j) => wOut[j]!.map((weight) => weight / copies[j]!)),
  };
}
// #endregion

/** A layer of a perceptron: weights [inputs][units] and biases. */
export interface Layer {
  readonly w: number[][];
  readonly b: number[];
}

/** Widens hidden layer `at`. `divide: false` breaks the method: copies get all of the outgoing weights. */
export function widen(layers: readonly Layer[], at: number, units: number, rng: Rng, divide = true): Layer[] {
  const [layer, next] = [layers[at]!, layers[at + 1]!];
  // What happens to an identity tells which unit each new one copies, and how it is divided.
  const wider = net2Wider(layer.w, layer.b, identity(layer.b.length), units, () => rng.uniform());
  const wOut = wider.wOut.map((row) => {
    const source = row.findIndex((share) => share > 0);
    return next.w[source]!.map((weight) => weight * (divide ? row[source]! : 1));
  });
  return layers.map((one, l) =>
    l === at ? { w: wider.wIn, b: wider.bIn } : l === at + 1 ? { w: wOut, b: one.b } : one,
  );
}

/** Puts the identity behind hidden layer `at`; with ReLU that changes nothing. */
export function deepen(layers: readonly Layer[], at: number): Layer[] {
  const units = layers[at]!.b.length;
  const inserted = { w: identity(units), b: new Array<number>(units).fill(0) };
  return [...layers.slice(0, at + 1), inserted, ...layers.slice(at + 1)];
}

const identity = (size: number) =>
  Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => (i === j ? 1 : 0)));

// --- The controller -----------------------------------------------------------------------------------------------------

const widths = [8, 16, 32];
const mostLayers = 4;
/** Of each of the four places: which width stands there, if any. */
const encode = (hidden: readonly number[]) =>
  Array.from({ length: mostLayers }, (_, l) => widths.map((width) => (hidden[l] === width ? 1 : 0))).flat();

/** One decision: what the controller saw, and the gradient of the decision's log-probability by its outputs. */
interface Decision {
  readonly input: number[];
  readonly gradient: number[];
}

/**
 * Chooses edits. Of its outputs the first four are log-odds of widening a layer, the other five logits of not deepening and
 * of deepening behind each layer. Without it every choice that can be taken is as likely.
 */
function createController(rng: Rng, isRandom: boolean) {
  const sizes = [mostLayers * widths.length, 16, 2 * mostLayers + 1];
  const network = denseNetwork(rng.split('weights'), { sizes, activation: 'tanh', optimizer: { type: 'adam', rate: 5e-3 } }); // prettier-ignore
  const draws = rng.split('choices');
  const outputs = (input: number[]) => (isRandom ? new Float32Array(2 * mostLayers + 1) : network.forward(input, 1));
  let baseline: number | undefined;
  let batch: { decisions: readonly Decision[]; reward: number }[] = [];
  return {
    /** Which layers to widen, and behind which to put another (none: -1). */
    decide(hidden: readonly number[], kind: 'wider' | 'deeper'): { chosen: number[]; decision: Decision } {
      const input = encode(hidden);
      const out = outputs(input);
      const gradient = new Array<number>(out.length).fill(0);
      if (kind === 'wider') {
        const chosen = hidden.flatMap((width, l) => {
          const p = logistic(out[l]!);
          const wanted = width < widths.at(-1)! && draws.uniform() < p;
          if (width < widths.at(-1)!) gradient[l] = (wanted ? 1 : 0) - p;
          return wanted ? [l] : [];
        });
        return { chosen, decision: { input, gradient } };
      }
      const open = hidden.length < mostLayers ? hidden.length + 1 : 1;
      const p = softmax(out.subarray(mostLayers, mostLayers + open));
      const place = draws.weighted(p);
      p.forEach((share, i) => (gradient[mostLayers + i] = (i === place ? 1 : 0) - share));
      return { chosen: place === 0 ? [] : [place - 1], decision: { input, gradient } };
    },
    /** REINFORCE after every five children. */
    learn(decisions: readonly Decision[], accuracy: number) {
      const reward = Math.tan((Math.PI / 2) * Math.min(accuracy, 0.98));
      baseline ??= reward;
      batch.push({ decisions, reward: reward - baseline });
      baseline = 0.9 * baseline + 0.1 * reward;
      if (batch.length < 5 || isRandom) return;
      const rows = batch.flatMap(({ decisions: own, reward: advantage }) => own.map((one) => ({ ...one, advantage })));
      network.forward(rows.flatMap(({ input }) => input), rows.length); // prettier-ignore
      network.backward(rows.flatMap(({ gradient, advantage }) => gradient.map((g) => (-g * advantage) / batch.length)));
      network.step();
      batch = [];
    },
  };
}

// --- The testbed: three spirals in eight dimensions ---------------------------------------------------------------------------

interface Points {
  readonly x: Float32Array;
  readonly labels: readonly number[];
}

function drawSpirals(rng: Rng, count: number, turn: number): Points {
  const labels = Array.from({ length: count }, (_, i) => i % 3);
  const x = labels.flatMap((label) => {
    const r = rng.uniform(0.1, 1);
    const angle = (2 * Math.PI * label) / 3 + turn * r;
    const noise = Array.from({ length: 6 }, () => rng.normal(0, 0.1));
    return [r * Math.cos(angle) + rng.normal(0, 0.03), r * Math.sin(angle) + rng.normal(0, 0.03), ...noise];
  });
  return { x: Float32Array.from(x), labels };
}

function createNetwork(rng: Rng, hidden: readonly number[], layers?: readonly Layer[]): DenseNetwork {
  const network = denseNetwork(rng, { sizes: [8, ...hidden, 3], activation: 'relu', optimizer: { type: 'adam', rate: 3e-3 } }); // prettier-ignore
  if (layers) network.writeParameters(layers.flatMap(({ w, b }) => [...w.flat(), ...b]));
  return network;
}

function layersOf(network: DenseNetwork, hidden: readonly number[]): Layer[] {
  const parameters = [...network.readParameters()];
  return [...hidden, 3].map((units, l) => {
    const w = Array.from({ length: l === 0 ? 8 : hidden[l - 1]! }, () => parameters.splice(0, units));
    return { w, b: parameters.splice(0, units) };
  });
}

function train(network: DenseNetwork, { x, labels }: Points, steps: number, rng: Rng): void {
  const inputs = new Float32Array(32 * 8);
  for (let step = 0; step < steps; step++) {
    const targets = new Float32Array(32 * 3);
    for (let row = 0; row < 32; row++) {
      const n = rng.int(0, labels.length);
      inputs.set(x.subarray(n * 8, n * 8 + 8), row * 8);
      targets[row * 3 + labels[n]!] = 1;
    }
    network.train(inputs, 32, { loss: 'cross-entropy', targets });
  }
}

const classOf = (logits: Float32Array, row: number) => {
  const [a, b, c] = logits.subarray(row * 3, row * 3 + 3);
  return a! >= b! && a! >= c! ? 0 : b! >= c! ? 1 : 2;
};

function accuracy(network: DenseNetwork, { x, labels }: Points): number {
  const logits = network.forward(x, labels.length);
  return mean(labels.map((label, row) => (classOf(logits, row) === label ? 1 : 0)));
}

// --- The experiment -----------------------------------------------------------------------------------------------------

export default experiment({
  paper: 'eas-net2net',
  question:
    'With the same total number of gradient steps, does searching by function-preserving growth find a better network than searching with training from scratch?',
  seeds: 8,
  params: {
    total_steps: int(6000, { min: 1000, max: 60_000, about: 'gradient steps of the whole search' }),
    child_steps: int(100, { min: 20, max: 1000, about: 'gradient steps of a candidate' }),
    start_steps: int(400, { min: 20, max: 2000, about: 'gradient steps of the first network, part of the whole' }),
    renew: int(15, { min: 1, max: 1000, about: 'candidates after which the best takes the place of the start' }),
    turn: float(6, { min: 1, max: 12, about: 'radians that a spiral turns from the centre to the edge' }),
    noise: float(1e-3, { min: 0, max: 0.1, about: 'relative noise on the weights of an edited network' }),
  },
  arms: {
    eas: { role: 'method', about: 'edits that keep the function, chosen by the controller' },
    scratch: { role: 'ablation', about: 'the same controller, candidates trained from scratch' },
    undivided: { role: 'ablation', about: 'wider layers whose outgoing weights are not divided' },
    random_growth: { role: 'baseline', about: 'edits that keep the function, chosen at random' },
    random_scratch: { role: 'baseline', about: 'random architectures trained from scratch' },
  },
  metrics: {
    best_val_acc: { better: 'higher', unit: 'fraction', about: 'of the best candidate so far', step: 'gradient step' },
    child_acc: { better: 'higher', unit: 'fraction', about: 'of the last candidate, on validation', step: 'gradient step' }, // prettier-ignore
    test_acc: { better: 'higher', unit: 'fraction', about: 'of the best one, trained 500 steps more', step: 'gradient step' }, // prettier-ignore
    function_gap: {
      better: 'lower',
      unit: 'logits',
      about: 'largest difference of a candidate from what it was made of',
      step: 'gradient step',
    },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const { total_steps, child_steps, start_steps, renew, noise } = params;
    const [training, validation, test] = [1200, 400, 1000].map((count) => drawSpirals(rng.split(`points ${count}`), count, params.turn)) as [Points, Points, Points]; // prettier-ignore
    const grows = arm === 'eas' || arm === 'random_growth' || arm === 'undivided';
    const controller = createController(rng.split('controller'), arm === 'random_growth');
    const [edits, batches, weights] = ['edits', 'batches', 'weights'].map((name) => rng.split(name)) as [Rng, Rng, Rng];

    let start: { hidden: number[]; layers: Layer[] };
    let spent = 0;
    const first = createNetwork(weights, [8]);
    if (grows) {
      train(first, training, start_steps, batches);
      spent = start_steps;
    }
    start = { hidden: [8], layers: layersOf(first, [8]) };
    let best = { ...start, accuracy: accuracy(first, validation) };
    first.dispose();

    const tried: number[][] = [];
    while (spent + child_steps <= total_steps) {
      let { hidden, layers } = start;
      const decisions: Decision[] = [];
      for (const kind of ['wider', 'deeper', 'wider', 'deeper'] as const) {
        const { chosen, decision } = controller.decide(hidden, kind);
        decisions.push(decision);
        for (const at of chosen) {
          const next = kind === 'wider' ? widths[widths.indexOf(hidden[at]!) + 1]! : hidden[at]!;
          layers = kind === 'wider' ? widen(layers, at, next, edits, arm !== 'undivided') : deepen(layers, at);
          hidden = [...hidden.slice(0, kind === 'wider' ? at : at + 1), next, ...hidden.slice(at + 1)];
        }
      }
      if (arm === 'random_scratch')
        hidden = Array.from({ length: edits.int(1, mostLayers + 1) }, () => edits.choice(widths));

      const child = createNetwork(weights, hidden, grows ? layers : undefined);
      const before = createNetwork(weights, start.hidden, start.layers);
      const now = child.forward(validation.x, validation.labels.length);
      const changes = before
        .forward(validation.x, validation.labels.length)
        .map((value, i) => Math.abs(value - now[i]!));
      log(spent, { function_gap: changes.reduce((most, change) => Math.max(most, change), 0) });
      before.dispose();
      if (grows) child.writeParameters(child.readParameters().map((value) => value * (1 + noise * edits.normal())));
      train(child, training, child_steps, batches);
      spent += child_steps;
      const reached = accuracy(child, validation);
      controller.learn(decisions, reached);
      tried.push(hidden);
      if (reached > best.accuracy) best = { hidden, layers: layersOf(child, hidden), accuracy: reached };
      child.dispose();
      if (tried.length % renew === 0) start = best;
      log(spent, { child_acc: reached, best_val_acc: best.accuracy });
      progress(spent / total_steps);
    }

    const last = createNetwork(weights, best.hidden, best.layers);
    train(last, training, 500, batches);
    log(spent + 500, { test_acc: accuracy(last, test) });
    show('genealogy', {
      title: 'Widths of the candidates, layer by layer',
      x: { label: 'candidate', min: 0, max: tried.length },
      y: { label: 'hidden layer', min: 0, max: mostLayers },
      layers: [{ type: 'heatmap', label: 'units', min: 0, max: 32, values: [0, 1, 2, 3].map((l) => tried.map((hidden) => hidden[l] ?? 0)) }], // prettier-ignore
    });
    const cells = Array.from({ length: 40 }, (_, i) => -1.1 + (2.2 * (i + 0.5)) / 40);
    const logits = last.forward(cells.flatMap((y) => cells.flatMap((x) => [x, y, 0, 0, 0, 0, 0, 0])), 1600); // prettier-ignore
    show('classes', {
      title: 'What the final network says',
      x: { label: 'x_1', min: -1.1, max: 1.1 },
      y: { label: 'x_2', min: -1.1, max: 1.1 },
      layers: [{ type: 'heatmap', label: 'class', min: 0, max: 2, values: cells.map((_, i) => cells.map((_, j) => classOf(logits, 40 * i + j))) }], // prettier-ignore
    });
    last.dispose();
  },

  claim: {
    statement:
      'Reusing weights through function-preserving edits makes architecture search much cheaper than training every candidate from scratch.',
    check({ paired, curve }) {
      const late = ({ values }: Curve) => mean(values.slice(-20));
      const children = (rival: 'scratch' | 'random_scratch') =>
        paired((of) => late(of('eas', 'child_acc')) - late(of(rival, 'child_acc')));
      const best = paired(
        (of) => of('eas', 'best_val_acc').values.at(-1)! - of('scratch', 'best_val_acc').values.at(-1)!,
      );
      return [
        atLeast('accuracy of the last 20 candidates, EAS minus scratch', children('scratch'), 0.05),
        atLeast('accuracy of the last 20 candidates, EAS minus random scratch', children('random_scratch'), 0.05),
        atLeast('best validation accuracy, EAS minus scratch', best, 0.01),
        atMost(
          'largest change of a logit by edits',
          curve('eas', 'function_gap', ({ values }) => Math.max(...values)),
          1e-3,
        ),
      ];
    },
  },
});
