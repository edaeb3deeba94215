/** What the run's process and a trial process say to each other. Both are of one build, so messages are not checked. */
import type { PassedOver } from '../backends/engine.ts';
import type { Figure } from '../sdk/figure.ts';
import type { ParameterRecord } from '../sdk/parameters.ts';
import type { Outcome, RunError, Verdict } from '../runs/events.ts';
import type { BackendName, ExperimentDescription } from '../runs/record.ts';

/** The only argument of a trial process, as JSON. */
export interface TrialProcessOptions {
  /** The run's id, so that the process can be known by its command line. */
  readonly id: string;
  /** Absolute path of the compiled experiment. */
  readonly bundle: string;
  /** Absolute path of `control.json`. */
  readonly control: string;
  /** Absolute path of the folder for checkpoints. */
  readonly checkpoints: string;
  readonly memoryMegabytes: number;
  /** Id of the process that started this one. Without it nothing is left to do. */
  readonly parent: number;
}

/** What a trial process is asked to do, one at a time, over its IPC channel. Each is answered by exactly one `Answer`. */
export type Job =
  /** Load the experiment's module. */
  | { readonly type: 'load' }
  /** Make a tensor engine ready. */
  | {
      readonly type: 'prepare';
      readonly backend: BackendName | 'auto';
      readonly flopsPerUpdate?: number;
      readonly threads: number;
      readonly passedOver: readonly PassedOver[];
    }
  /** Find out what an engine lacks for the beginning of a trial. */
  | {
      readonly type: 'rehearse';
      readonly arm: string;
      readonly seed: number;
      readonly params: ParameterRecord;
      readonly backend: BackendName;
    }
  | {
      readonly type: 'trial';
      readonly arm: string;
      readonly seed: number;
      readonly params: ParameterRecord;
      readonly backend: BackendName;
      readonly threads: number;
      readonly seconds: number;
      /** Number of the checkpoint to go on from; absent where the trial begins. */
      readonly checkpoint?: number;
    }
  /** Decide the claim from the events written so far. */
  | { readonly type: 'verdict'; readonly events: string; readonly seeds: readonly number[] }
  /** Decide it again with each baseline and ablation in the place of the method. */
  | { readonly type: 'sabotage'; readonly events: string; readonly seeds: readonly number[] };

/** The engine that trials compute with, and why it was taken. */
export interface PreparedBackend {
  readonly name: BackendName;
  readonly version: string;
  readonly reason: string;
}

/** The verdict on a claim by the arm that stood in for the method. */
export type Sabotage = Readonly<Record<string, Verdict['verdict']>>;

/** How a job came out. */
export type Answer =
  | { readonly type: 'loaded'; readonly description: ExperimentDescription }
  | { readonly type: 'prepared'; readonly backend: PreparedBackend }
  /** `lack.what`: as it stands behind "it lacks". `lack.line`: 1-based, in the experiment's source. */
  | { readonly type: 'rehearsed'; readonly lack?: { readonly what: string; readonly line?: number } }
  | { readonly type: 'ended'; readonly outcome: Outcome; readonly seconds: number; readonly error?: RunError }
  | { readonly type: 'verdict'; readonly verdict: Verdict }
  | { readonly type: 'sabotaged'; readonly verdicts: Sabotage }
  /** A job other than a trial failed. */
  | { readonly type: 'failed'; readonly error: RunError };

/** What a trial says on its way, beside its points. */
export type Note =
  | { readonly type: 'figure'; readonly name: string; readonly figure: Figure }
  | { readonly type: 'progress'; readonly share: number }
  /** The checkpoint of this number lies in its file; what was recorded before it is on its way already. */
  | { readonly type: 'checkpoint'; readonly number: number }
  /** Kernels that the engine has left to the plain one, and that had not been told before. */
  | { readonly type: 'copied'; readonly kernels: readonly string[] }
  /** Tensors that were alive when the trial began and after it had ended. */
  | { readonly type: 'leak'; readonly before: number; readonly after: number };

/** What the recorder says before it ends its process: a limit was passed. */
export interface LimitPassed {
  readonly type: 'limit';
  readonly error: RunError;
  readonly seconds: number;
}

/** What the recorder says about every second while it goes on, and when a job begins: how the job stands to its limit. */
export interface Alive {
  readonly type: 'alive';
  /** For how long the job has taken, pauses left out. */
  readonly seconds: number;
  /** How long it may take, in seconds; 0 for no limit. */
  readonly limit: number;
}

/** `leaving`: the process ends after this answer and takes no more jobs. */
export type FromTrialProcess = (Answer & { readonly leaving?: boolean }) | Note | LimitPassed | Alive;
