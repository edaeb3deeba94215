import { atLeast, atMost, experiment, float, gaussianEllipse, gaussianMixture, int, type Figure } from 'marginalia';

// Teacher algorithms for curriculum learning of Deep RL in continuously parameterized environments
// Portelas, Colas, Hofmann and Oudeyer, CoRL 2019, arXiv 1910.07224
//
// A teacher that cannot see into its student scores each task by how much the return changed, fits a mixture to recent tasks
// and scores, and draws tasks where the score is high. It meets the student of the paper's own toy problem.

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet alp-gmm
/** A component of the mixture over rows [p, alp] of dim + 1 numbers. Matrices are row after row. */
export interface Gaussian {
  readonly mean: readonly number[];
  readonly covariance: Float64Array;
  /** Lower triangular, its product with its transpose the covariance. */
  readonly cholesky: Float64Array;
}

/** Fits a mixture of k Gaussians with full covariances by EM, and gives the log-likelihood of all rows after each step. */
export type FitMixture = (
  rows: readonly number[][],
  k: number,
) => { readonly components: readonly Gaussian[]; readonly logLikelihoods: readonly number[] };

/**
 * The ALP-GMM teacher. A task p is a vector in [0, 1]^dim.
 *
 * @param opts.fitEvery episodes between fits, the window of a fit, and the length of the uniform start (250 in the paper).
 * @param opts.pRandom share of tasks drawn uniformly (0.2).
 * @param opts.ks numbers of components to choose from (2 to 10).
 * @param opts.score turns the return of a task and that of its nearest earlier task into its score; by default alp, their
 * absolute difference (equation: Absolute learning progress of a new task).
 * @param rand uniform in [0, 1).
 * @returns `sample` gives the next task, `update` takes the return of the task just tried (any scale, the same for all
 * tasks), `mixture` is the last fit.
 */
export function alpGmmTeacher(
  dim: number,
  opts: {
    fitEvery: number;
    pRandom: number;
    ks: number[];
    fit: FitMixture;
    score?: (ret: number, earlier: number) => number;
  },
  rand: () => number,
): { sample(): number[]; update(task: number[], ret: number): void; mixture(): readonly Gaussian[] } {
  const score = opts.score ?? ((ret, earlier) => Math.abs(ret - earlier));
  const history: { task: number[]; ret: number }[] = [];
  const rows: number[][] = [];
  let mixture: readonly Gaussian[] = [];

  /** Equation: Sampling. */
  function sample(): number[] {
    if (mixture.length === 0 || rand() < opts.pRandom) return Array.from({ length: dim }, rand);
    const { mean, cholesky } = mixture[pick(mixture.map((component) => Math.max(0, component.mean[dim]!)))]!;
    // The first rows of a Cholesky factor are those of the task block alone.
    const noise = Array.from({ length: dim }, normal);
    return noise.map((_, i) => {
      const row = cholesky.subarray(i * (dim + 1));
      const offset = noise.reduce((sum, value, j) => sum + row[j]! * value, 0);
      return Math.min(1, Math.max(0, mean[i]! + offset));
    });
  }

  /** Equation: Mixture on the joint space, with the number of components by Akaike's criterion. */
  function update(task: number[], ret: number): void {
    const alp = history.length < 6 ? 0 : score(ret, returnNearest(task));
    history.push({ task, ret });
    rows.push([...task, alp]);
    if (rows.length % opts.fitEvery !== 0) return;
    const size = dim + 1;
    const fits = opts.ks.map((k) => {
      const { components, logLikelihoods } = opts.fit(rows.slice(-opts.fitEvery), k);
      const parameters = k * (size + (size * (size + 1)) / 2) + k - 1;
      return { components, aic: 2 * parameters - 2 * logLikelihoods.at(-1)! };
    });
    mixture = fits.reduce((best, fit) => (fit.aic < best.aic ? fit : best)).components;
  }

  function returnNearest(task: number[]): number {
    let [nearest, shortest] = [0, Infinity];
    for (const earlier of history) {
      let distance = 0;
      for (let i = 0; i < dim; i++) distance += (earlier.task[i]! - task[i]!) ** 2;
      if (distance < shortest) [nearest, shortest] = [earlier.ret, distance];
    }
    return nearest;
  }

  /** An index with probability proportional to its weight; any where all are 0. */
  function pick(weights: number[]): number {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    if (total <= 0) return Math.floor(rand() * weights.length);
    let rest = rand() * total;
    const index = weights.findIndex((weight) => (rest -= weight) < 0);
    return Math.max(0, index);
  }

  const normal = () => Math.sqrt(-2 * Math.log(1 - rand())) * Math.cos(2 * Math.PI * rand());

  return { sample, update, mixture: () => mixture };
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
      const [x, y] = [along(task[0]!), along(task[1]!)];
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
    wasted_share: { better: 'lower', unit: 'fraction', about: 'last 1000 episodes in cubes not open', step: 'episode' },
    k_selected: { better: 'neither', unit: 'components', about: 'size of the mixture chosen by AIC', step: 'episode' },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const { episodes, cubes_per_dim: side, useless_dims, fit_every: fitEvery, p_random: pRandom } = params;
    const dim = 2 + useless_dims;
    const student = cubeStudent(side);
    const rand = () => rng.uniform();
    const scores = {
      alp_gmm: {},
      signed_progress: { score: (ret: number, earlier: number) => Math.max(0, ret - earlier) },
      raw_return: { score: (ret: number) => ret },
    };
    const fit = (rows: readonly number[][], k: number) => gaussianMixture(rows, k, rng);
    const options = { fitEvery, pRandom, ks: [2, 3, 4, 5, 6, 7, 8, 9, 10], fit };
    const teacher =
      arm === 'uniform' || arm === 'oracle' ? undefined : alpGmmTeacher(dim, { ...options, ...scores[arm] }, rand);

    const uniformTask = () => Array.from({ length: dim }, rand);
    function oracleTask(): number[] {
      const cubes = Array.from(student.competence, (_, cube) => [cube % side, Math.floor(cube / side)]);
      const open = cubes.filter(([x, y]) => student.stateOf(x!, y!) === 'frontier');
      const cube = rng.choice(open.length > 0 ? open : cubes);
      return uniformTask().map((value, i) => (i < 2 ? (cube[i]! + value) / side : value));
    }

    const visited: CubeState[] = [];
    const tasks: number[][] = [];
    for (let episode = 1; episode <= episodes; episode++) {
      const task = teacher?.sample() ?? (arm === 'oracle' ? oracleTask() : uniformTask());
      const { state, ret } = student.practise(task);
      teacher?.update(task, ret);
      visited.push(state);
      tasks.push(task);
      if (episode % 500 !== 0) continue;

      const last = visited.slice(-1000);
      const shares = states.map((wanted) => last.filter((one) => one === wanted).length / last.length);
      const mastered = student.competence.filter((value) => value > 75).length / student.competence.length;
      log(episode, { mastered_percent: 100 * mastered, wasted_share: 1 - shares[1]! });
      const mixture = teacher?.mixture() ?? [];
      if (mixture.length > 0) log(episode, { k_selected: mixture.length });
      show('competence', competenceFigure(student.competence, tasks.slice(-fitEvery), mixture));
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

/** Competence of the cubes, the last tasks, and the mixture's components, coloured by their mean score. */
function competenceFigure(competence: Uint8Array, tasks: readonly number[][], mixture: readonly Gaussian[]): Figure {
  const side = Math.sqrt(competence.length);
  const values = Array.from({ length: side }, (_, y) => [...competence.subarray(y * side, (y + 1) * side)]);
  const [x, y] = [tasks.map((task) => task[0]!), tasks.map((task) => task[1]!)];
  const ellipses = mixture.map((component) => ({ ...gaussianEllipse(component), value: component.mean.at(-1)! }));
  return {
    title: 'Competence, last tasks, and components of the mixture',
    x: { label: 'first task coordinate', min: 0, max: 1 },
    y: { label: 'second task coordinate', min: 0, max: 1 },
    layers: [
      { type: 'heatmap', label: 'competence', values, min: 0, max: 100 },
      { type: 'points', label: 'tasks', x, y },
      { type: 'ellipses', label: 'mean score', ellipses },
    ],
  };
}
