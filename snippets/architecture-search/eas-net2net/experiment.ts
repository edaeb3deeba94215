import { accuracy, atLeast, atMost, denseNetwork, experiment, float, int, layersOf, logistic, mean } from 'marginalia';
import { parametersOf, reinforce, softmax, spirals, spiralsFigure, trainClassifier } from 'marginalia';
import type { Curve, DenseLayer, DenseNetwork, LabelledRows, Rng } from 'marginalia';

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

/** Widens hidden layer `at`. `divide: false` breaks the method: copies get all of the outgoing weights. */
export function widen(layers: readonly DenseLayer[], at: number, units: number, rng: Rng, divide = true): DenseLayer[] {
  const [layer, next] = [layers[at]!, layers[at + 1]!];
  // What happens to an identity tells which unit each new one copies, and how it is divided.
  const wider = net2Wider(layer.w, layer.b, identity(layer.b.length), units, () => rng.uniform());
  const wOut = wider.wOut.map((row) => {
    const source = row.findIndex((share) => share > 0);
    return next.w[source]!.map((weight) => weight * (divide ? row[source]! : 1));
  });
  return [...layers.slice(0, at), { w: wider.wIn, b: wider.bIn }, { w: wOut, b: next.b }, ...layers.slice(at + 2)];
}

/** Puts the identity behind hidden layer `at`; with ReLU that changes nothing. */
export function deepen(layers: readonly DenseLayer[], at: number): DenseLayer[] {
  const units = layers[at]!.b.length;
  const inserted = { w: identity(units), b: new Array<number>(units).fill(0) };
  return [...layers.slice(0, at + 1), inserted, ...layers.slice(at + 1)];
}

const identity = (size: number) =>
  Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => (i === j ? 1 : 0)));

// --- The controller -----------------------------------------------------------------------------------------------------

const widths = [8, 16, 32];
const mostLayers = 4;
const widest = widths.at(-1)!;
const hiddenWidths = (layers: readonly DenseLayer[]) => layers.slice(0, -1).map(({ b }) => b.length);
/** Of each of the four places: which width stands there, if any. */
const encode = (hidden: readonly number[]) =>
  Array.from({ length: mostLayers }, (_, l) => widths.map((width) => (hidden[l] === width ? 1 : 0))).flat();

/**
 * Chooses edits. Of its outputs the first four are log-odds of widening a layer, the other five logits of not deepening and
 * of deepening behind each layer. One that is random stays at outputs of 0: each choice that can be taken is as likely.
 */
function createController(rng: Rng, isRandom: boolean) {
  const network = denseNetwork(rng.split('weights'), {
    sizes: [mostLayers * widths.length, 16, 2 * mostLayers + 1],
    activation: 'tanh',
    optimizer: { type: 'adam', rate: isRandom ? 0 : 5e-3 },
  });
  if (isRandom) network.writeParameters(network.readParameters().fill(0));
  const learner = reinforce(network, { episodes: 5, decay: 0.9 });
  const draws = rng.split('choices');

  /** The layers to widen; each has a log-odds of its own. */
  function wider(hidden: readonly number[], outputs: Float32Array, gradient: number[]): number[] {
    return hidden.flatMap((width, l) => {
      if (width === widest) return [];
      const p = logistic(outputs[l]!);
      const wanted = draws.uniform() < p;
      gradient[l] = (wanted ? 1 : 0) - p;
      return wanted ? [l] : [];
    });
  }
  /** The layer, if any, to put another behind; the first logit is that of none. */
  function deeper(hidden: readonly number[], outputs: Float32Array, gradient: number[]): number[] {
    const open = hidden.length < mostLayers ? hidden.length + 1 : 1;
    const p = softmax(outputs.subarray(mostLayers, mostLayers + open));
    const place = draws.weighted(p);
    p.forEach((share, i) => (gradient[mostLayers + i] = (i === place ? 1 : 0) - share));
    return place === 0 ? [] : [place - 1];
  }

  return {
    /** A candidate, made of a network by four decisions; `divide` as `widen` has it. */
    edit(start: readonly DenseLayer[], copies: Rng, divide: boolean): DenseLayer[] {
      let layers = [...start];
      for (const choose of [wider, deeper, wider, deeper]) {
        const hidden = hiddenWidths(layers);
        const places = learner.decide(encode(hidden), (outputs, gradient) => choose(hidden, outputs, gradient));
        for (const at of places) {
          const next = widths[widths.indexOf(hidden[at]!) + 1]!;
          layers = choose === deeper ? deepen(layers, at) : widen(layers, at, next, copies, divide);
        }
      }
      return layers;
    },
    /** Takes the accuracy that the candidate reached as its reward; the tangent tells good ones from better ones. */
    learn: (reached: number) => learner.end(Math.tan((Math.PI / 2) * Math.min(reached, 0.98))),
  };
}

// --- Candidates: perceptrons that tell three spirals in eight dimensions apart --------------------------------------------

const [features, classes] = [8, 3];

/** A perceptron with these hidden layers; with the given weights, or random ones. */
function createNetwork(rng: Rng, hidden: readonly number[], layers?: readonly DenseLayer[]): DenseNetwork {
  const optimizer = { type: 'adam', rate: 3e-3 } as const;
  const network = denseNetwork(rng, { sizes: [features, ...hidden, classes], activation: 'relu', optimizer });
  if (layers) network.writeParameters(parametersOf(layers));
  return network;
}

const train = (network: DenseNetwork, rows: LabelledRows, steps: number, rng: Rng) =>
  trainClassifier(network, rows, { classes, steps, batch: 32, rng });
const logitsOf = (network: DenseNetwork, { inputs, labels }: LabelledRows) => network.forward(inputs, labels.length);
const accuracyOn = (rows: LabelledRows, network: DenseNetwork) => accuracy(logitsOf(network, rows), rows.labels);

// --- The experiment -----------------------------------------------------------------------------------------------------

const byStep = { step: 'gradient step' } as const;
const accuracyMetric = { ...byStep, better: 'higher', unit: 'fraction' } as const;

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
    best_val_acc: { ...accuracyMetric, about: 'of the best candidate so far' },
    child_acc: { ...accuracyMetric, about: 'of the last candidate, on validation' },
    test_acc: { ...accuracyMetric, about: 'of the best one, trained 500 steps more' },
    function_gap: { ...byStep, better: 'lower', unit: 'logits', about: 'largest change of a candidate by its edits' },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const { total_steps, child_steps, start_steps, renew, turn, noise } = params;
    const draw = (count: number) => spirals(rng.split(`points ${count}`), { count, classes, turn, features });
    const [training, validation, test] = [draw(1200), draw(400), draw(1000)];
    const [edits, batches, weights] = [rng.split('edits'), rng.split('batches'), rng.split('weights')];
    const controller = createController(rng.split('controller'), arm === 'random_growth');
    const grows = arm === 'eas' || arm === 'random_growth' || arm === 'undivided';
    const layersIn = (network: DenseNetwork, hidden: readonly number[]) =>
      layersOf(network.readParameters(), [features, ...hidden, classes]);

    const first = createNetwork(weights, [8]);
    if (grows) train(first, training, start_steps, batches);
    let best = { layers: layersIn(first, [8]), reached: accuracyOn(validation, first) };
    let start = best.layers;
    first.dispose();
    const tried: (readonly number[])[] = [];
    let spent = grows ? start_steps : 0;
    while (spent + child_steps <= total_steps) {
      const layers = controller.edit(start, edits, arm !== 'undivided');
      const anyWidths = () => Array.from({ length: edits.int(1, mostLayers + 1) }, () => edits.choice(widths));
      const hidden = arm === 'random_scratch' ? anyWidths() : hiddenWidths(layers);
      tried.push(hidden);
      const child = createNetwork(weights, hidden, grows ? layers : undefined);

      const parent = createNetwork(weights, hiddenWidths(start), start);
      const now = logitsOf(child, validation);
      const changes = logitsOf(parent, validation).map((logit, i) => Math.abs(logit - now[i]!));
      log(spent, { function_gap: Math.max(...changes) });
      parent.dispose();

      if (grows) child.writeParameters(child.readParameters().map((weight) => weight * (1 + noise * edits.normal())));
      train(child, training, child_steps, batches);
      spent += child_steps;
      const reached = accuracyOn(validation, child);
      controller.learn(reached);
      if (reached > best.reached) best = { layers: layersIn(child, hidden), reached };
      if (tried.length % renew === 0) start = best.layers;
      child.dispose();
      log(spent, { child_acc: reached, best_val_acc: best.reached });
      progress(spent / total_steps);
    }

    const last = createNetwork(weights, hiddenWidths(best.layers), best.layers);
    train(last, training, 500, batches);
    log(spent + 500, { test_acc: accuracyOn(test, last) });
    const unitsOf = (l: number) => tried.map((hidden) => hidden[l] ?? 0);
    show('genealogy', {
      title: 'Widths of the candidates, layer by layer',
      x: { label: 'candidate', min: 0, max: tried.length },
      y: { label: 'hidden layer', min: 0, max: mostLayers },
      layers: [{ type: 'heatmap', label: 'units', min: 0, max: widest, values: [0, 1, 2, 3].map(unitsOf) }],
    });
    show('classes', spiralsFigure({ title: 'What the final network says', classes, features, classify: last.forward }));
    last.dispose();
  },

  claim: {
    statement:
      'Reusing weights through function-preserving edits makes architecture search much cheaper than training every candidate from scratch.',
    check({ paired, curve }) {
      const late = ({ values }: Curve, last: number) => mean(values.slice(-last));
      const ahead = (metric: 'child_acc' | 'best_val_acc', rival: 'scratch' | 'random_scratch', last: number) =>
        paired((of) => late(of('eas', metric), last) - late(of(rival, metric), last));
      const [scratch, random] = [ahead('child_acc', 'scratch', 20), ahead('child_acc', 'random_scratch', 20)];
      const change = curve('eas', 'function_gap', ({ values }) => Math.max(...values));
      return [
        atLeast('accuracy of the last 20 candidates, EAS minus scratch', scratch, 0.05),
        atLeast('accuracy of the last 20 candidates, EAS minus random scratch', random, 0.05),
        atLeast('best validation accuracy, EAS minus scratch', ahead('best_val_acc', 'scratch', 1), 0.01),
        atMost('largest change of a logit by edits', change, 1e-3),
      ];
    },
  },
});
