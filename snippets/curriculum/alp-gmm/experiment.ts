import { atLeast, atMost, experiment, float, int, type Figure } from 'marginalia';

// Teacher algorithms for curriculum learning of Deep RL in continuously parameterized environments
// Portelas, Colas, Hofmann and Oudeyer, CoRL 2019, arXiv 1910.07224
//
// A teacher proposes tasks from a continuous space to a student it cannot see into. It scores each task by how much the
// return changed since the nearest earlier task (equation: Absolute learning progress of a new task), fits a Gaussian
// mixture to recent tasks and scores (equation: Mixture on the joint space), and draws tasks where the score is high
// (equation: Sampling).

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet alp-gmm
export interface Gaussian {
  readonly weight: number;
  readonly mean: readonly number[];
  readonly covariance: readonly (readonly number[])[];
  /** Lower triangular, its product with its transpose the covariance. */
  readonly cholesky: readonly (readonly number[])[];
}

/**
 * The ALP-GMM teacher. Tasks are vectors in [0, 1]^dim.
 *
 * @param opts.fitEvery episodes between fits, the window of a fit, and the length of the uniform start (250 in the paper).
 * @param opts.pRandom share of tasks drawn uniformly (0.2).
 * @param opts.ks numbers of components to choose from (2 to 10).
 * @param opts.score turns the return of a task and that of its nearest earlier task into its score; by default their
 * absolute difference.
 * @param rand uniform in [0, 1).
 * @returns `sample` gives the next task, `update` takes the return of the task just tried (any scale, the same for all
 * tasks), `mixture` is the last fit over [task, score].
 */
export function alpGmmTeacher(
  dim: number,
  opts: { fitEvery: number; pRandom: number; ks: number[]; score?: (ret: number, earlier: number) => number },
  rand: () => number,
): { sample(): number[]; update(task: number[], ret: number): void; mixture(): readonly Gaussian[] } {
  const score = opts.score ?? ((ret, earlier) => Math.abs(ret - earlier));
  const tasks: number[][] = [];
  const returns: number[] = [];
  const rows: number[][] = [];
  let mixture: readonly Gaussian[] = [];

  function sample(): number[] {
    if (mixture.length === 0 || rand() < opts.pRandom) return Array.from({ length: dim }, rand);
    const values = mixture.map((component) => Math.max(0, component.mean[dim]!));
    const { mean, cholesky } = mixture[pick(values, rand)]!;
    // The first rows of a Cholesky factor are those of the task block alone.
    const noise = Array.from({ length: dim }, () => normal(rand));
    return noise.map((_, i) => {
      const offset = noise.reduce((sum, value, j) => sum + cholesky[i]![j]! * value, 0);
      return Math.min(1, Math.max(0, mean[i]! + offset));
    });
  }

  function update(task: number[], ret: number): void {
    const alp = tasks.length < 6 ? 0 : score(ret, returns[nearest(tasks, task)]!);
    tasks.push(task);
    returns.push(ret);
    rows.push([...task, alp]);
    if (rows.length % opts.fitEvery !== 0) return;
    const fits = opts.ks.map((k) => fitMixture(rows.slice(-opts.fitEvery), k, rand));
    const criteria = fits.map((fit) => akaike(fit, dim + 1));
    mixture = fits[criteria.indexOf(Math.min(...criteria))]!.components;
  }

  return { sample, update, mixture: () => mixture };
}

export interface MixtureFit {
  readonly components: readonly Gaussian[];
  /** Of all rows, after each step of EM. */
  readonly logLikelihoods: readonly number[];
}

/** Fits a mixture of `k` Gaussians with full covariances to the rows by EM, started from k-means. */
export function fitMixture(rows: readonly (readonly number[])[], k: number, rand: () => number): MixtureFit {
  // shares[j][n]: how much of row n belongs to component j.
  const shares = Array.from({ length: k }, () => new Float64Array(rows.length));
  for (const [n, own] of kMeans(rows, k, rand).entries()) shares[own]![n] = 1;
  let components: Gaussian[] = [];
  const logLikelihoods: number[] = [];
  for (let step = 0; step < 20; step++) {
    components = shares.map((share) => weightedGaussian(rows, share));
    components.forEach((component, j) => writeLogDensities(component, rows, shares[j]!));
    let logLikelihood = 0;
    for (let n = 0; n < rows.length; n++) {
      let highest = -Infinity;
      for (const share of shares) highest = Math.max(highest, share[n]!);
      let total = 0;
      for (const share of shares) total += share[n] = Math.exp(share[n]! - highest);
      for (const share of shares) share[n]! /= total;
      logLikelihood += highest + Math.log(total);
    }
    const gain = logLikelihood - (logLikelihoods.at(-1) ?? -Infinity);
    logLikelihoods.push(logLikelihood);
    if (gain < 1e-3 * rows.length) break;
  }
  return { components, logLikelihoods };
}

function akaike({ components, logLikelihoods }: MixtureFit, size: number): number {
  const parameters = components.length * (size + (size * (size + 1)) / 2) + components.length - 1;
  return 2 * parameters - 2 * logLikelihoods.at(-1)!;
}

function weightedGaussian(rows: readonly (readonly number[])[], shares: Float64Array): Gaussian {
  const size = rows[0]!.length;
  const mean = new Array<number>(size).fill(0);
  const covariance = mean.map((_, i) => mean.map((_, j): number => (i === j ? 1e-6 : 0)));
  let total = 1e-10;
  for (let n = 0; n < rows.length; n++) {
    total += shares[n]!;
    for (let i = 0; i < size; i++) mean[i] = mean[i]! + shares[n]! * rows[n]![i]!;
  }
  for (let i = 0; i < size; i++) mean[i] = mean[i]! / total;
  for (let n = 0; n < rows.length; n++) {
    const row = rows[n]!;
    const share = shares[n]! / total;
    // Most rows have next to no share in a component and change nothing.
    if (share < 1e-12) continue;
    for (let i = 0; i < size; i++) {
      const scaled = share * (row[i]! - mean[i]!);
      const target = covariance[i]!;
      for (let j = 0; j < size; j++) target[j] = target[j]! + scaled * (row[j]! - mean[j]!);
    }
  }
  return { weight: total / rows.length, mean, covariance, cholesky: choleskyOf(covariance) };
}

function choleskyOf(matrix: readonly (readonly number[])[]): number[][] {
  const lower = matrix.map((row) => row.map(() => 0));
  for (let i = 0; i < matrix.length; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = matrix[i]![j]!;
      for (let l = 0; l < j; l++) rest -= lower[i]![l]! * lower[j]![l]!;
      lower[i]![j] = i === j ? Math.sqrt(Math.max(rest, 1e-12)) : rest / lower[j]![j]!;
    }
  }
  return lower;
}

/** Writes the logarithm of weight times density at every row. */
function writeLogDensities(gaussian: Gaussian, rows: readonly (readonly number[])[], logs: Float64Array): void {
  const { weight, mean, cholesky } = gaussian;
  let constant = Math.log(weight) - (mean.length / 2) * Math.log(2 * Math.PI);
  cholesky.forEach((row, i) => (constant -= Math.log(row[i]!)));
  const solved = new Float64Array(mean.length);
  for (let n = 0; n < rows.length; n++) {
    const row = rows[n]!;
    let square = 0;
    for (let i = 0; i < mean.length; i++) {
      const factors = cholesky[i]!;
      let rest = row[i]! - mean[i]!;
      for (let j = 0; j < i; j++) rest -= factors[j]! * solved[j]!;
      const z = rest / factors[i]!;
      solved[i] = z;
      square += z * z;
    }
    logs[n] = constant - square / 2;
  }
}

/** Index of each row's cluster: k-means++ starting points, then five of Lloyd's steps. */
function kMeans(rows: readonly (readonly number[])[], k: number, rand: () => number): number[] {
  let centres = [rows[Math.floor(rand() * rows.length)]!];
  while (centres.length < k) {
    const gaps = rows.map((row) => squaredDistance(row, centres[nearest(centres, row)]!));
    centres.push(rows[pick(gaps, rand)]!);
  }
  let clusters: number[] = [];
  for (let step = 0; step < 5; step++) {
    clusters = rows.map((row) => nearest(centres, row));
    centres = centres.map((centre, own) => {
      const members = rows.filter((_, n) => clusters[n] === own);
      return centre.map((value, i) =>
        members.length === 0 ? value : members.reduce((sum, row) => sum + row[i]!, 0) / members.length,
      );
    });
  }
  return clusters;
}

function nearest(points: readonly (readonly number[])[], target: readonly number[]): number {
  let best = 0;
  let shortest = Infinity;
  for (let n = 0; n < points.length; n++) {
    const distance = squaredDistance(points[n]!, target);
    if (distance < shortest) [best, shortest] = [n, distance];
  }
  return best;
}

function squaredDistance(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}

/** An index with probability proportional to its weight; any where all are 0. */
function pick(weights: readonly number[], rand: () => number): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total <= 0) return Math.floor(rand() * weights.length);
  let rest = rand() * total;
  return Math.max(
    0,
    weights.findIndex((weight) => (rest -= weight) < 0),
  );
}

function normal(rand: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - rand())) * Math.cos(2 * Math.PI * rand());
}
// #endregion

// --- The student: cubes that unlock their neighbours --------------------------------------------------------------------

export type CubeState = 'locked' | 'frontier' | 'mastered';

/** A competence from 0 to 100 for each of side x side cubes; a task lies in the cube of its first two coordinates. */
export function cubeStudent(side: number) {
  const competence = new Uint8Array(side * side);
  const along = (coordinate: number) => Math.min(side - 1, Math.floor(coordinate * side));

  /** The origin is open; any other cube opens once one of its lower neighbours reaches 75. */
  function stateOf(x: number, y: number): CubeState {
    const opens = (dx: number, dy: number) => x >= dx && y >= dy && competence[(y - dy) * side + x - dx]! >= 75;
    if (!((x === 0 && y === 0) || opens(1, 0) || opens(0, 1) || opens(1, 1))) return 'locked';
    return competence[y * side + x]! < 100 ? 'frontier' : 'mastered';
  }

  return {
    competence,
    stateOf,
    /** One episode on a task: the state of its cube before, and the return, the competence there after it, 0 to 1. */
    practise(task: readonly number[]): { state: CubeState; ret: number } {
      const x = along(task[0]!);
      const y = along(task[1]!);
      const state = stateOf(x, y);
      if (state === 'frontier') competence[y * side + x]!++;
      return { state, ret: competence[y * side + x]! / 100 };
    },
  };
}

// --- The experiment -----------------------------------------------------------------------------------------------------

const states: readonly CubeState[] = ['locked', 'frontier', 'mastered'];

export default experiment({
  paper: 'alp-gmm',
  question:
    'With the same number of episodes, does sampling by absolute learning progress master more of a task space with an expanding frontier than uniform sampling?',
  params: {
    episodes: int(15000, { min: 2000, max: 60000, about: 'episodes of the student' }),
    cubes_per_dim: int(10, { min: 4, max: 20, about: 'cubes along each of the two axes that matter' }),
    useless_dims: int(0, { min: 0, max: 10, about: 'task coordinates that do not matter' }),
    fit_every: int(250, { min: 100, max: 1000, about: 'window and period of the mixture fit, in episodes' }),
    p_random: float(0.2, { min: 0, max: 1, about: 'share of uniform tasks' }),
  },
  arms: {
    alp_gmm: { role: 'method', about: 'mixture over tasks and absolute change of return' },
    uniform: { role: 'baseline', about: 'tasks drawn uniformly' },
    signed_progress: { role: 'ablation', about: 'mixture over tasks and gains of return; losses count nothing' },
    raw_return: { role: 'ablation', about: 'mixture over tasks and return: practises what is easy' },
    oracle: { role: 'reference', about: 'tasks in open cubes that are not yet complete' },
  },
  metrics: {
    mastered_percent: { better: 'higher', unit: '%', about: 'cubes with a competence above 75', step: 'episode' },
    wasted_share: {
      better: 'lower',
      unit: 'fraction',
      about: 'share of the last 1000 episodes spent on locked or complete cubes',
      step: 'episode',
    },
    k_selected: { better: 'neither', unit: 'components', about: 'size of the mixture chosen by AIC', step: 'episode' },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const { episodes, cubes_per_dim: side, useless_dims, fit_every, p_random } = params;
    const dim = 2 + useless_dims;
    const student = cubeStudent(side);
    const rand = () => rng.uniform();
    const scores = {
      alp_gmm: (ret: number, earlier: number) => Math.abs(ret - earlier),
      signed_progress: (ret: number, earlier: number) => Math.max(0, ret - earlier),
      raw_return: (ret: number) => ret,
    };
    const options = { fitEvery: fit_every, pRandom: p_random, ks: [2, 3, 4, 5, 6, 7, 8, 9, 10] };
    const teacher =
      arm === 'uniform' || arm === 'oracle' ? undefined : alpGmmTeacher(dim, { ...options, score: scores[arm] }, rand);

    function oracleTask(): number[] {
      const cubes = Array.from(student.competence, (_, cube) => [cube % side, Math.floor(cube / side)] as const);
      const open = cubes.filter(([x, y]) => student.stateOf(x, y) === 'frontier');
      const [x, y] = rng.choice(open.length > 0 ? open : cubes);
      return Array.from({ length: dim }, (_, i) => (i < 2 ? ((i === 0 ? x : y) + rand()) / side : rand()));
    }

    const visited: CubeState[] = [];
    const recent: number[][] = [];
    for (let episode = 1; episode <= episodes; episode++) {
      const uniformTask = () => Array.from({ length: dim }, rand);
      const task = teacher?.sample() ?? (arm === 'oracle' ? oracleTask() : uniformTask());
      const { state, ret } = student.practise(task);
      teacher?.update(task, ret);
      visited.push(state);
      recent.push(task);
      if (recent.length > fit_every) recent.shift();
      if (episode % 500 !== 0) continue;

      const last = visited.slice(-1000);
      const shares = states.map((wanted) => last.filter((one) => one === wanted).length / last.length);
      const mastered = student.competence.filter((value) => value > 75).length / student.competence.length;
      log(episode, { mastered_percent: 100 * mastered, wasted_share: 1 - shares[1]! });
      const mixture = teacher?.mixture() ?? [];
      if (mixture.length > 0) log(episode, { k_selected: mixture.length });
      show('competence', competenceFigure(student.competence, side, recent, mixture, dim));
      show('episodes', {
        title: `Last ${last.length} episodes`,
        x: { label: 'state of the cube', categories: states },
        y: { label: 'share', min: 0, max: 1 },
        layers: [{ type: 'bars', label: 'share', x: [0, 1, 2], height: shares }],
      });
      progress(episode / episodes);
    }
  },

  claim: {
    statement:
      'A teacher that follows absolute learning progress covers far more of the learnable task space than uniform sampling under the same budget.',
    check({ final }) {
      const mastered = final('alp_gmm', 'mastered_percent');
      const byUniform = final('uniform', 'mastered_percent');
      const wasted = final('alp_gmm', 'wasted_share') - final('uniform', 'wasted_share');
      return [
        atLeast('mastered, ALP-GMM minus uniform', mastered - byUniform, 10, '%'),
        atLeast('mastered, ALP-GMM minus three times uniform', mastered - 3 * byUniform, 0, '%'),
        atMost('wasted share, ALP-GMM minus uniform', wasted, 0, 'fraction'),
      ];
    },
  },
});

/** Competence of the cubes, the last tasks, and where the mixture's components lie, coloured by their mean score. */
function competenceFigure(
  competence: Uint8Array,
  side: number,
  tasks: readonly (readonly number[])[],
  mixture: readonly Gaussian[],
  dim: number,
): Figure {
  const rounded = (value: number) => Math.round(value * 1000) / 1000;
  const ellipses = mixture.map(({ mean, covariance }) => {
    const [[xx, xy], [, yy]] = covariance as [[number, number], [number, number]];
    const middle = (xx + yy) / 2;
    const spread = Math.hypot((xx - yy) / 2, xy);
    return {
      x: rounded(mean[0]!),
      y: rounded(mean[1]!),
      a: rounded(Math.sqrt(middle + spread)),
      b: rounded(Math.sqrt(Math.max(0, middle - spread))),
      angle: rounded(Math.atan2(2 * xy, xx - yy) / 2),
      value: rounded(mean[dim]!),
    };
  });
  return {
    title: 'Competence, last tasks, and components of the mixture',
    x: { label: 'first task coordinate', min: 0, max: 1 },
    y: { label: 'second task coordinate', min: 0, max: 1 },
    layers: [
      {
        type: 'heatmap',
        label: 'competence',
        values: Array.from({ length: side }, (_, y) => Array.from(competence.subarray(y * side, (y + 1) * side))),
        min: 0,
        max: 100,
      },
      {
        type: 'points',
        label: 'tasks',
        x: tasks.map((task) => rounded(task[0]!)),
        y: tasks.map((task) => rounded(task[1]!)),
      },
      { type: 'ellipses', label: 'mean score', ellipses },
    ],
  };
}
