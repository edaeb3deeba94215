import type { Arm, Metric } from '../sdk/experiment.ts';
import type { Parameter, ParameterRecord } from '../sdk/parameters.ts';

/** What an experiment module declares, without its functions: what a run folder keeps and viewers draw from. */
export interface ExperimentDescription {
  readonly paper: string;
  readonly question: string;
  readonly statement: string;
  readonly compute: 'none' | 'linalg' | 'autodiff';
  /** About how many floating-point operations one update takes; absent where the experiment does not say. */
  readonly flopsPerUpdate?: number;
  /** Threads that the experiment asks of the tensor engine in each trial; absent for one. */
  readonly threads?: number;
  readonly seeds: number;
  readonly params: Readonly<Record<string, Parameter>>;
  readonly arms: Readonly<Record<string, Arm>>;
  readonly metrics: Readonly<Record<string, Metric>>;
}

export type BackendName = 'tensorflow' | 'webgpu' | 'wasm' | 'cpu' | 'none';

/** `run.json`: what was asked. Written as soon as the run's process starts, and again once the experiment's module has been loaded. */
export interface RunRecord {
  readonly version: 1;
  readonly id: string;
  readonly name: string;
  /** ISO time. */
  readonly created: string;
  readonly experiment: {
    /** Absolute path of the source, or `builtin:<id>` for a method run without a scaffold. */
    readonly file: string;
    /** SHA-256 of the bundle that ran, hexadecimal. */
    readonly hash: string;
    /** Without parameters, arms and metrics until the module has been loaded, and where it cannot be. */
    readonly description: ExperimentDescription;
  };
  readonly params: ParameterRecord;
  readonly arms: readonly string[];
  readonly seeds: readonly number[];
  readonly backend: {
    readonly name: BackendName;
    readonly version: string;
    readonly reason: string;
    /** What was asked for; folders from before it was kept do not say. */
    readonly asked?: BackendName | 'auto';
  };
  /** Trials side by side. */
  readonly jobs: number;
  /** Threads of the tensor engine in each trial. */
  readonly threads: number;
  readonly limits: { readonly memoryMegabytes: number; readonly trialSeconds: number };
  /** Whether the run goes on when whoever started it goes away. */
  readonly whenStarterExits: 'continue' | 'stop';
  readonly versions: { readonly marginalia: string; readonly node: string };
  readonly machine: {
    readonly host: string;
    readonly platform: string;
    readonly cpu: string;
    readonly cores: number;
    readonly memoryMegabytes: number;
  };
  readonly git: { readonly commit: string; readonly dirty: boolean } | null;
  /** Process id of the run's own process on `machine.host`. */
  readonly pid: number;
}
