import type { Figure } from './figure.ts';
import type { Parameters, ParameterValues } from './parameters.ts';
import type { Rng } from './rng.ts';
import type * as Tensors from './tensors.ts';

/** The tensor engine's functions, as a trial receives them. */
export type TensorFlow = typeof Tensors;

/** One competitor in an experiment. */
export interface Arm {
  /** `method`: the paper's; `ablation`: the method without its idea; `reference`: an oracle or bound that does not compete. */
  readonly role: 'method' | 'baseline' | 'ablation' | 'reference';
  /** One line: what this arm does differently. */
  readonly about: string;
}

/** A number that a trial logs over steps. */
export interface Metric {
  readonly better: 'lower' | 'higher' | 'neither';
  /** Unit as it stands on the axis: `nats`, `fraction`, `sweeps`. */
  readonly unit: string;
  readonly about: string;
  /** What a step counts: `update`, `episode`, `budget`. Default `step`. */
  readonly step?: string;
  /** Scale of the step axis. Default `linear`. */
  readonly stepScale?: 'linear' | 'log';
  /** Scale of the value axis. Default `linear`. */
  readonly scale?: 'linear' | 'log';
}

/** What a trial function receives: one arm with one seed and one set of parameters. */
export interface Trial<P extends Parameters, A extends string, M extends string> {
  readonly arm: A;
  /** 0-based number of the repetition. */
  readonly seed: number;
  readonly params: ParameterValues<P>;
  /**
   * Generator seeded from the experiment's paper and the seed, the same for every arm, so that arms with one seed meet
   * the same testbed. Split it by name (`rng.split('data')`) wherever arms may draw different amounts.
   */
  readonly rng: Rng;
  /** The tensor engine. Reading it in an experiment with `compute: 'none'` throws. */
  readonly tf: TensorFlow;
  /**
   * Records metrics at a step (finite, non-decreasing a metric; values may be any number, NaN and infinities are kept and shown as such).
   * Cheap enough for every update of a loop. Also where a stop or pause takes effect: a stop leaves the trial from here.
   */
  readonly log: (step: number, values: Partial<Record<M, number>>) => void;
  /** Draws or redraws the named figure of this trial. */
  readonly show: (name: string, figure: Figure) => void;
  /** Share of the trial that is done, 0 to 1. Without it progress is counted in whole trials. */
  readonly progress: (share: number) => void;
  /** For trials so long that their loss would hurt: lets them go on from where they were. */
  readonly checkpoint: Checkpoint;
}

/**
 * What a trial keeps so that it can go on when its process or its machine went away. A trial that goes on must log what it
 * would have logged without the interruption, so everything it still needs belongs into the state: parameters, the
 * optimiser's moments, the state of its generators (`rng.save()`), the step.
 */
export interface Checkpoint {
  /** The state that this trial saved last, before it was interrupted; `initial` where it begins from the start. */
  readonly restore: <State>(initial: State) => State;
  /**
   * Keeps a state: numbers, texts, arrays, typed arrays, maps, sets and plain objects of these; of a tensor its
   * `dataSync()`. Writes a file, so not for every step of a loop. Throws on what cannot be kept, such as a function.
   */
  readonly save: (state: unknown) => void;
}

/** The logged values of one run as a claim sees them: every aggregate is over seeds (in the bootstrap, over a resample of them). */
export interface Results<A extends string, M extends string> {
  /** Aggregate over seeds of the arm's last value of the metric. */
  readonly final: (arm: A, metric: M, aggregate?: Aggregate) => number;
  /** Aggregate over seeds of the value logged at exactly this step. Throws where a seed has none. */
  readonly at: (arm: A, metric: M, step: number, aggregate?: Aggregate) => number;
  /** Aggregate over seeds of a number computed from each seed's own curve, e.g. a mean over the second half. */
  readonly curve: (arm: A, metric: M, statistic: (curve: Curve) => number, aggregate?: Aggregate) => number;
  /** Aggregate over seeds of a number computed from all arms of one seed (paired comparisons, ratios by seed). */
  readonly paired: (statistic: (curves: (arm: A, metric: M) => Curve) => number, aggregate?: Aggregate) => number;
}

/** One trial's values of one metric, in logged order. */
export interface Curve {
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

/** How seeds are combined: `median` (default), `mean`, or `iqm`, the mean of the middle half. */
export type Aggregate = 'median' | 'mean' | 'iqm';

/** One inequality of a claim. Made by `atLeast` and `atMost`. */
export interface Condition {
  /** What is measured: `test loss, REX over linear`. */
  readonly label: string;
  readonly value: number;
  readonly relation: 'at least' | 'at most';
  readonly bound: number;
  readonly unit?: string;
}

/** The directional statement that an experiment checks. */
export interface Claim<A extends string, M extends string> {
  readonly statement: string;
  /**
   * The inequalities that together make the claim; the first is the effect that is reported. Called once on all seeds and
   * once for each bootstrap resample of the seeds, so it must be pure and quick.
   */
  readonly check: (results: Results<A, M>) => readonly Condition[];
}

/** An experiment as its module declares it. */
export interface ExperimentDefinition<P extends Parameters, A extends string, M extends string> {
  /** Citation key of the paper: the method's id for a built-in one. */
  readonly paper: string;
  readonly question: string;
  /** What the trial computes with: `none` plain numbers, `linalg` tensors without gradients, `autodiff` gradients. Default `none`. */
  readonly compute?: 'none' | 'linalg' | 'autodiff';
  /**
   * About how many floating-point operations one update takes, forward and backward, in its largest arm: what decides
   * which engine pays. For a dense network 6 times weights times batch. Default: few.
   */
  readonly flopsPerUpdate?: number;
  /**
   * Threads with which the tensor engine computes in each trial. Fewer trials go on side by side then, so that all
   * threads have a core. Only native TensorFlow has more than one. Default 1, which is best unless single operations are
   * large work.
   */
  readonly threads?: number;
  /** Default number of seeds. Default 5. */
  readonly seeds?: number;
  readonly params: P;
  readonly arms: Readonly<Record<A, Arm>>;
  readonly metrics: Readonly<Record<M, Metric>>;
  readonly trial: (trial: Trial<P, A, M>) => void | Promise<void>;
  readonly claim: Claim<A, M>;
}

/** A checked experiment: what the runtime loads from a module's default export. */
export interface Experiment {
  readonly marginalia: 1;
  readonly definition: ExperimentDefinition<Parameters, string, string>;
}
