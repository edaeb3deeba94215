import { atLeast, experiment, float, int, mean, symmetricEigen } from 'marginalia';
import type { Curve, Figure, Rng } from 'marginalia';

// Transductive Few-Shot Learning: Clustering is All You Need?
// Ziko, Boudiaf, Dolz, Granger and Ben Ayed, 2021, arXiv 2106.09516
//
// The queries of a few-shot task are classified together: a point goes to a prototype that is near and to the class of its
// neighbours, and labelled points stay with their class (equation: Objective). The graph term is replaced by its tangent (equation:
// Concave-convex relaxation and bound), so that a softmax assigns all points at once (equation: Parallel update), and the
// prototypes follow the assignments (equation: Prototype step). Without the graph it is seeded, soft K-means.
// Here a class is a cloud around a random centre, projected to the sphere, in place of the features of a trained network.

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet transductive-clustering
/** Softmax probabilities. */
function softmax(logits: number[]): number[] {
  const weights = logits.map((logit) => Math.exp(logit - Math.max(...logits)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Squared Euclidean distance. */
function squaredDistance(a: number[], b: number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}

/** Neighbours q of each point p with w_pq: 1 among the k nearest, halved where only one of the two has the other among them. */
export function affinity(points: number[][], k: number): { q: number; w: number }[][] {
  const near = points.map((point, p) => {
    const distances = points.map((other, q) => (q === p ? Infinity : squaredDistance(point, other)));
    return [...points.keys()].sort((i, j) => distances[i]! - distances[j]!).slice(0, k);
  });
  return points.map((_, p) => {
    const both = points.map((_, q) => ({ q, w: (Number(near[p]!.includes(q)) + Number(near[q]!.includes(p))) / 2 }));
    return both.filter(({ w }) => w > 0);
  });
}

/**
 * Classes of all queries at once (equations: Parallel update, Prototype step).
 *
 * @param support labelled points, `labels` their classes from 0 on; `query` unlabelled points. All of length 1.
 * @param opts.lambda weight of the graph; 0 for K-means.
 * @param opts.tau temperature by which squared distances are divided.
 * @param opts.knn neighbours of a point in the graph.
 * @param opts.outer times that the prototypes are set; once leaves them where the support is.
 * @param opts.watch called after every update with the assignments of support and queries, and the prototypes.
 * @returns a row for each query: the weights of the classes, which sum to 1.
 */
export function transductiveClustering(
  support: number[][],
  labels: number[],
  query: number[][],
  opts: { lambda: number; tau: number; knn: number; outer: number; watch?: (S: number[][], M: number[][]) => void },
): number[][] {
  const points = [...support, ...query];
  const classes = Array.from({ length: Math.max(...labels) + 1 }, (_, k) => k);
  const W = affinity(points, opts.knn);
  const fixed = labels.map((label) => classes.map((k) => (k === label ? 1 : 0)));
  let S = [...fixed, ...query.map(() => classes.map(() => 0))];
  for (let outer = 0; outer < opts.outer; outer++) {
    const M = classes.map((k) => {
      const sum = points[0]!.map(() => 0);
      for (let p = 0; p < points.length; p++)
        for (let i = 0; i < sum.length; i++) sum[i]! += S[p]![k]! * points[p]![i]!;
      const total = S.reduce((weight, s) => weight + s[k]!, 0);
      return sum.map((value) => value / total);
    });
    const a = points.map((x) => M.map((m) => squaredDistance(x, m) / opts.tau));
    if (outer === 0) S = [...fixed, ...a.slice(labels.length).map((costs) => softmax(costs.map((cost) => -cost)))];
    for (let [inner, change] = [0, Infinity]; inner < 20 && change > 1e-4; inner++) {
      // All rows from the assignments before: the bound holds only for updates in parallel.
      const before = S;
      change = 0;
      S = before.map((s, p) => {
        if (p < labels.length) return s;
        const logits = a[p]!.map((cost) => -cost);
        for (const { q, w } of W[p]!) for (const k of classes) logits[k]! += opts.lambda * w * before[q]![k]!;
        const next = softmax(logits);
        for (const k of classes) change = Math.max(change, Math.abs(next[k]! - s[k]!));
        return next;
      });
      opts.watch?.(S, M);
    }
  }
  return S.slice(labels.length);
}
// #endregion

/** The relaxed objective (equation: Concave-convex relaxation and bound) with the graph term itself, over the queries. */
export function objective(
  points: number[][],
  W: ReturnType<typeof affinity>,
  S: number[][],
  M: number[][],
  { lambda, tau, labelled }: { readonly lambda: number; readonly tau: number; readonly labelled: number },
): number {
  let sum = 0;
  S.forEach((s, p) => {
    for (const { q, w } of W[p]!) s.forEach((value, k) => (sum -= (lambda / 2) * w * value * S[q]![k]!));
    if (p < labelled) return;
    s.forEach((value, k) => {
      sum += (value * squaredDistance(points[p]!, M[k]!)) / tau + (value > 0 ? value * Math.log(value) : 0);
    });
  });
  return sum;
}

// --- The testbed: clouds on a sphere --------------------------------------------------------------------------------------

const [dimensions, ways] = [32, 5];

export interface Task {
  readonly support: number[][];
  readonly labels: number[];
  readonly query: number[][];
  readonly truth: number[];
}

/** A task of 5 classes with 75 queries: 15 of each class, or shares from a Dirichlet distribution with the parameter 2. */
export function drawTask(rng: Rng, shots: number, sigma: number, balanced: boolean): Task {
  const centers = Array.from({ length: ways }, () =>
    Array.from({ length: dimensions }, () => rng.normal(0, 1 / Math.sqrt(dimensions))),
  );
  const draw = (k: number) => {
    const x = centers[k]!.map((center) => rng.normal(center, sigma));
    const length = Math.hypot(...x);
    return x.map((value) => value / length);
  };
  // A number with the gamma distribution of shape 2 is the sum of two exponential ones.
  const weights = centers.map(() => (balanced ? 1 : -Math.log(1 - rng.uniform()) - Math.log(1 - rng.uniform())));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const counts = weights.map((weight) => Math.max(1, Math.round((75 * weight) / total)));
  const labels = centers.flatMap((_, k) => new Array<number>(shots).fill(k));
  const truth = counts.flatMap((count, k) => new Array<number>(count).fill(k));
  return { support: labels.map(draw), labels, query: truth.map(draw), truth };
}

// --- The experiment -----------------------------------------------------------------------------------------------------

const shotsTried = [1, 2, 5];

export default experiment({
  paper: 'transductive-clustering',
  question:
    'On frozen features, how much few-shot accuracy does joint clustering of the query batch add over nearest-prototype classification, and is plain seeded K-means already enough?',
  seeds: 25,
  params: {
    tasks: int(4, { min: 1, max: 200, about: 'few-shot tasks of each kind in a trial' }),
    sigma: float(0.3, { min: 0.1, max: 0.6, about: 'noise of a feature around its centre' }),
    lambda: float(0.3, { min: 0, max: 3, about: 'weight of the graph' }),
    tau: float(0.1, { min: 0.01, max: 1, about: 'temperature of squared distances' }),
    outer: int(10, { min: 2, max: 50, about: 'times that prototypes are set' }),
  },
  arms: {
    full: { role: 'method', about: 'prototypes that move, and the graph' },
    kmeans: { role: 'method', about: 'lambda = 0: soft K-means seeded by the support' },
    nearest: { role: 'baseline', about: 'nearest mean of the support, each query by itself' },
    fixed: { role: 'ablation', about: 'the graph with prototypes that stay at the support' },
  },
  metrics: {
    accuracy: { better: 'higher', unit: 'fraction', about: 'of the queries', step: 'shots', stepScale: 'log' },
    unbalanced: {
      better: 'higher',
      unit: 'fraction',
      about: 'of queries whose classes differ in size',
      step: 'shots',
      stepScale: 'log',
    },
    objective: { better: 'lower', unit: 'nats', about: 'in the first task with one shot', step: 'update' },
  },
  trial({ arm, params, rng, log, show }) {
    const { sigma, tau, tasks } = params;
    const lambda = arm === 'kmeans' || arm === 'nearest' ? 0 : params.lambda;
    const outer = arm === 'fixed' || arm === 'nearest' ? 1 : params.outer;
    for (const metric of ['accuracy', 'unbalanced'] as const) {
      for (const shots of shotsTried) {
        const correct = Array.from({ length: tasks }, (_, n) => {
          const task = drawTask(rng.split(`${metric} ${shots} ${n}`), shots, sigma, metric === 'accuracy');
          const isShown = metric === 'accuracy' && shots === 1 && n === 0;
          const points = [...task.support, ...task.query];
          const W = isShown ? affinity(points, 3) : [];
          const path: number[][][] = [];
          const watch = (S: number[][], M: number[][]) => {
            path.push(M);
            log(path.length, { objective: objective(points, W, S, M, { lambda, tau, labelled: task.labels.length }) });
          };
          const options = { lambda, tau, knn: 3, outer, ...(isShown ? { watch } : {}) };
          const S = transductiveClustering(task.support, task.labels, task.query, options);
          const guesses = S.map((s) => s.indexOf(Math.max(...s)));
          if (isShown) show('task', scatter(task, guesses, path));
          return mean(guesses.map((guess, q) => (guess === task.truth[q] ? 1 : 0)));
        });
        log(shots, { [metric]: mean(correct) });
      }
    }
  },
  claim: {
    statement:
      'Standard clustering seeded with a few labels, run on ordinary features, clearly beats inductive classification in the low-shot regime; the gain shrinks with more shots.',
    check({ paired }) {
      const ahead = (arm: 'full' | 'kmeans', rival: 'nearest' | 'fixed', shots: number) => {
        const i = shotsTried.indexOf(shots);
        const value = (curve: Curve) => curve.values[i]!;
        return paired((of) => value(of(arm, 'accuracy')) - value(of(rival, 'accuracy')), 'mean');
      };
      const [one, five] = [ahead('kmeans', 'nearest', 1), ahead('kmeans', 'nearest', 5)];
      return [
        atLeast('accuracy with 1 shot, K-means minus nearest prototype', one, 0.08),
        atLeast('accuracy with 1 shot, full method minus nearest prototype', ahead('full', 'nearest', 1), 0.06),
        atLeast('accuracy with 1 shot, full method minus fixed prototypes', ahead('full', 'fixed', 1), 0.05),
        atLeast('accuracy with 5 shots, K-means minus nearest prototype', five, 0),
        atLeast('gain of K-means, with 1 shot minus with 5 shots', one - five, 0),
      ];
    },
  },
});

/** A task in the plane of its principal components: queries by their class, and how the prototypes moved. */
function scatter({ query }: Task, guesses: readonly number[], path: readonly number[][][]): Figure {
  const center = query[0]!.map((_, i) => mean(query.map((x) => x[i]!)));
  const covariance = Float64Array.from({ length: dimensions ** 2 }, (_, cell) => {
    const [i, j] = [Math.floor(cell / dimensions), cell % dimensions];
    return mean(query.map((x) => (x[i]! - center[i]!) * (x[j]! - center[j]!)));
  });
  const [first, second] = symmetricEigen(covariance, dimensions).vectors;
  const along = (axis: Float64Array, x: readonly number[]) => x.reduce((sum, value, i) => sum + value * axis[i]!, 0);
  const line = (points: readonly number[][]) => ({
    x: points.map((x) => along(first!, x)),
    y: points.map((x) => along(second!, x)),
  });
  return {
    title: 'Queries of one task by the class they were given, and the way of the prototypes',
    x: { label: 'first principal component' },
    y: { label: 'second principal component' },
    layers: [
      { type: 'points', label: 'class', ...line(query), value: guesses },
      ...path[0]!.map((_, k) => ({ type: 'line' as const, label: `prototype ${k}`, ...line(path.map((M) => M[k]!)) })),
    ],
  };
}
