import type { BackendName } from '../runs/record.ts';
import type { TensorFlow } from '../sdk/experiment.ts';

/** A tensor engine that is ready to compute. */
export interface Engine {
  readonly name: BackendName;
  readonly version: string;
  /** Why it was taken, for a person. */
  readonly reason: string;
  readonly tf: TensorFlow & { disposeVariables(): void };
  /** Kernels that were left to the plain engine since this process began. Grows. */
  readonly copied: ReadonlySet<string>;
}

/** What an engine is chosen by. */
export interface Workload extends EngineOptions {
  /** About how many floating-point operations one update takes. */
  readonly flopsPerUpdate: number;
  /** Whether the experiment reads tensors without awaiting them, which WebGPU cannot do. */
  readonly readsAtOnce: boolean;
  readonly passedOver: readonly PassedOver[];
}

/** An engine as its own file makes it ready. */
export interface StartedEngine extends Pick<Engine, 'version' | 'tf'> {
  /** What else is to be said of how it computes here, for a person; it goes with the reason. */
  readonly remark?: string;
}

/** Makes an engine ready. Rejects with an Error that says plainly what is missing. */
export type StartEngine = (options: EngineOptions) => Promise<StartedEngine>;

/** An engine that `auto` does not take again, and what it lacks: `'webgpu' lacks the kernel Unique`. */
export interface PassedOver {
  readonly name: BackendName;
  readonly reason: string;
}

export interface EngineOptions {
  /** Absolute path of the `dist` folder. */
  readonly distribution: string;
  /** Absolute path of the folder of the experiment's source, from which an optional package may be found. */
  readonly experimentFolder: string;
  /** How many threads the engine may compute with, where it can use several. Default 1: trials run side by side instead. */
  readonly threads?: number;
}
