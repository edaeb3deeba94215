import { atMost, choice, experiment, float, int, type Rng } from 'marginalia';

// Oracle Efficient Algorithms for Groupwise Regret
// Acharya, Arunachaleswaran, Kannan, Roth and Ziani, ICLR 2024, arXiv 2310.04652
//
// Individuals arrive one by one, each in several groups at once. One copy of an ordinary online learner is kept for each
// group and learns only from that group's rounds; a sleeping-experts aggregator mixes the copies of the groups that are
// present (equations: Sleeping weights, Meta update). The mixture is then nearly as good on every group as that group's own
// best model (equation: Groupwise guarantee), which one learner for everybody is not.

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet sleeping-groups
/**
 * Mixing weights of AdaNormalHedge over the groups that are present (equation: Sleeping weights).
 *
 * @param regret R: cumulative regret to each group's copy over the rounds on which the group was present; losses in [0, 1].
 * @param cumAbs C: cumulative absolute regret on those rounds.
 * @param active indices of the groups that are present.
 * @returns a weight for each entry of `active`, summing to 1; uniform where every copy has done worse than the mixture.
 */
export function adaNormalHedgeWeights(regret: number[], cumAbs: number[], active: number[]): number[] {
  const potential = (r: number, c: number) => Math.exp(Math.max(r, 0) ** 2 / (3 * c));
  const weights = active.map((group) => {
    const [r, c] = [regret[group]!, cumAbs[group]! + 1];
    return (potential(r + 1, c) - potential(r - 1, c)) / 2;
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => (total > 0 ? weight / total : 1 / active.length));
}
// #endregion

/** Ridge regression that learns one observation at a time; predictions are clipped to [0, 1]. */
export function onlineRidge(dimension: number) {
  const inverse = identity(dimension);
  const moments = new Array<number>(dimension).fill(0);
  return {
    predict: (x: readonly number[]) => clip(dot(moments, multiply(inverse, x))),
    observe(x: readonly number[], y: number) {
      addToInverse(inverse, x);
      for (let i = 0; i < dimension; i++) moments[i]! += y * x[i]!;
    },
  };
}

/** The Sherman-Morrison formula: the inverse of a matrix to which x xᵀ is added. */
function addToInverse(inverse: number[][], x: readonly number[]): void {
  const direction = multiply(inverse, x);
  const divisor = 1 + dot(direction, x);
  for (const [i, row] of inverse.entries()) {
    for (let j = 0; j < row.length; j++) row[j]! -= (direction[i]! * direction[j]!) / divisor;
  }
}

const clip = (value: number) => Math.min(1, Math.max(0, value));
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const multiply = (matrix: readonly number[][], x: readonly number[]) => matrix.map((row) => dot(row, x));
const identity = (size: number, diagonal = 1) =>
  Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => (i === j ? diagonal : 0)));

// --- The testbed: individuals in intersecting groups --------------------------------------------------------------------

const groupNames = ['everybody', 'circle', 'square', 'triangle', 'red', 'green'] as const;
const everybody = 0;
const modes = ['permutation', 'mean', 'min', 'max'] as const;

interface Individual {
  /** Features in [0, 1] and a constant 1. */
  readonly x: readonly number[];
  /** Label in [0, 1]. */
  readonly y: number;
  /** The three groups that hold the individual: everybody, a shape, a colour. */
  readonly groups: readonly number[];
}

/** Each proper group has a linear model of its own; a label combines the models of the individual's two proper groups. */
function drawSequence(rng: Rng, rounds: number, features: number, noise: number, mode: (typeof modes)[number]) {
  const models = groupNames.map(() => Array.from({ length: features }, () => rng.uniform()));
  const precedence = rng.shuffle([1, 2, 3, 4, 5]);
  return Array.from({ length: rounds }, (): Individual => {
    const shape = 1 + rng.weighted([0.5, 0.3, 0.2]);
    const colour = 4 + rng.weighted([0.6, 0.4]);
    const x = Array.from({ length: features }, () => rng.uniform());
    const [a, b] = [shape, colour].map((group) => (2 * dot(models[group]!, x)) / features) as [number, number];
    const first = precedence.indexOf(shape) < precedence.indexOf(colour) ? a : b;
    const signal = { permutation: first, mean: (a + b) / 2, min: Math.min(a, b), max: Math.max(a, b) }[mode];
    return { x: [...x, 1], y: clip(signal + rng.normal(0, noise)), groups: [everybody, shape, colour] };
  });
}

/** Squared loss of the best linear model in hindsight on the individuals, summed (ridge 1e-6). */
function hindsightLoss(individuals: readonly Individual[], dimension: number): number {
  const inverse = identity(dimension, 1e6);
  const moments = new Array<number>(dimension).fill(0);
  for (const { x, y } of individuals) {
    addToInverse(inverse, x);
    for (let i = 0; i < dimension; i++) moments[i]! += y * x[i]!;
  }
  const model = multiply(inverse, moments);
  return individuals.reduce((sum, { x, y }) => sum + (dot(model, x) - y) ** 2, 0);
}

// --- The experiment -----------------------------------------------------------------------------------------------------

export default experiment({
  paper: 'groupwise-regret',
  question:
    'Does per-group training with sleeping-experts mixing lower the loss of every intersecting group, compared with one online regression for everybody?',
  params: {
    rounds: int(4000, { min: 500, max: 20000, about: 'length of the sequence' }),
    features: int(10, { min: 2, max: 40, about: 'features of an individual, besides the constant' }),
    noise: float(0.05, { min: 0, max: 0.3, about: 'standard deviation of the label noise' }),
    mode: choice('permutation', { choices: modes, about: 'how the models of two groups make a label' }),
  },
  arms: {
    sleeping_groups: { role: 'method', about: 'a copy for each group, mixed by AdaNormalHedge over those present' },
    single: { role: 'baseline', about: 'one regression for everybody' },
    uniform_mix: { role: 'baseline', about: 'the same copies, mixed with equal weights' },
    cells: { role: 'baseline', about: 'an independent regression for each pair of shape and colour' },
    no_sleeping: { role: 'ablation', about: 'every copy learns from all rounds, so the copies are one and the same' },
  },
  metrics: {
    average_loss: { better: 'lower', unit: 'squared loss', about: 'running average over everybody', step: 'round' },
    group_loss: { better: 'lower', unit: 'squared loss', about: 'total on the rounds of each group', step: 'group' },
    group_regret: {
      better: 'lower',
      unit: 'squared loss',
      about: "total on the rounds of each group, above its own best linear model's",
      step: 'group',
    },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const { rounds, features, noise, mode } = params;
    const sequence = drawSequence(rng.split('sequence'), rounds, features, noise, mode);
    const dimension = features + 1;
    const copies = groupNames.map(() => onlineRidge(dimension));
    const cells = Array.from({ length: 6 }, () => onlineRidge(dimension));
    const regret = groupNames.map(() => 0);
    const cumAbs = groupNames.map(() => 0);
    const groupLoss = groupNames.map(() => 0);
    const weightSums = groupNames.map(() => 0);
    const weightColumns: number[][] = [];

    for (const [t, { x, y, groups }] of sequence.entries()) {
      const active = [...groups];
      const cell = cells[(groups[1]! - 1) * 2 + groups[2]! - 4]!;
      const predictions = active.map((group) => copies[group]!.predict(x));
      const weights =
        arm === 'sleeping_groups' || arm === 'no_sleeping'
          ? adaNormalHedgeWeights(regret, cumAbs, active)
          : active.map((group) => (arm === 'single' ? Number(group === everybody) : 1 / active.length));
      const predicted = arm === 'cells' ? cell.predict(x) : dot(weights, predictions);

      // The mixture's expected loss, not the loss of its mean, is what the aggregator measures its copies against.
      const losses = predictions.map((prediction) => (prediction - y) ** 2);
      const expected = dot(weights, losses);
      for (const [i, group] of active.entries()) {
        regret[group]! += expected - losses[i]!;
        cumAbs[group]! += Math.abs(expected - losses[i]!);
        weightSums[group]! += weights[i]!;
        groupLoss[group]! += (predicted - y) ** 2;
      }
      const learning = arm === 'no_sleeping' ? copies : active.map((group) => copies[group]!);
      for (const copy of learning) copy.observe(x, y);
      cell.observe(x, y);

      if ((t + 1) % 50 === 0) {
        log(t + 1, { average_loss: groupLoss[everybody]! / (t + 1) });
        weightColumns.push(weightSums.map((sum) => sum / 50));
        weightSums.fill(0);
        progress((t + 1) / rounds);
      }
    }

    for (const group of groupNames.keys()) {
      const own = sequence.filter(({ groups }) => groups.includes(group));
      log(group, {
        group_loss: groupLoss[group]!,
        group_regret: groupLoss[group]! - hindsightLoss(own, dimension),
      });
    }
    if (arm === 'sleeping_groups') {
      show('weights', {
        title: "Share of the mixture that each group's copy had, over 50 rounds",
        x: { label: 'round', min: 0, max: rounds },
        y: { label: 'group', categories: groupNames },
        layers: [
          {
            type: 'heatmap',
            label: 'weight',
            values: groupNames.map((_, group) => weightColumns.map((column) => column[group]!)),
            min: 0,
          },
        ],
      });
    }
  },

  claim: {
    statement:
      "The aggregated learner beats a single online regression on every group at once, and its regret to each group's own best linear model stays bounded where the single model's grows.",
    check({ paired, at, curve }) {
      const ratios = groupNames.map((_, group) =>
        paired(
          (curves) =>
            curves('sleeping_groups', 'group_loss').values[group]! / curves('single', 'group_loss').values[group]!,
        ),
      );
      const properRegret = (arm: 'sleeping_groups' | 'single') =>
        groupNames.reduce(
          (sum, _, group) => sum + (group === everybody ? 0 : Math.max(0, at(arm, 'group_regret', group))),
          0,
        );
      const lastAverage = (arm: 'sleeping_groups' | 'uniform_mix') =>
        curve(arm, 'average_loss', ({ values }) => values.at(-1)!);
      return [
        atMost('loss over the single model, worst group', Math.max(...ratios), 0.85),
        atMost(
          'regret of the groups over the single model',
          properRegret('sleeping_groups') / properRegret('single'),
          0.5,
        ),
        atMost('loss over the uniform mix', lastAverage('sleeping_groups') / lastAverage('uniform_mix'), 0.95),
      ];
    },
  },
});
