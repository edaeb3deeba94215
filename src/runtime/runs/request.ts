import type { ParameterRecord } from '../sdk/parameters.ts';
import type { BackendName } from './record.ts';

/** What the run's process is asked to do: its only argument, as JSON. Both sides are of one build, so it is not checked. */
export type ProcessRequest = RunRequest | ContinueRequest | DescribeRequest | SabotageRequest;

/** A whole run. What is absent has not been asked for and gets its default where the experiment is known. */
export interface RunRequest {
  readonly type: 'run';
  readonly id: string;
  readonly name: string;
  /** ISO time. */
  readonly created: string;
  /** Absolute path of the run's folder. */
  readonly folder: string;
  /** Absolute path of the experiment's source. */
  readonly file: string;
  readonly displayFile: string;
  readonly params: ParameterRecord;
  readonly seeds?: number;
  readonly arms?: readonly string[];
  readonly backend: BackendName | 'auto';
  readonly jobs?: number;
  readonly memoryMegabytes?: number;
  readonly trialSeconds: number;
  readonly whenStarterExits: 'continue' | 'stop';
  /** How the end of the starter shows: standard input closes, or the process gets another parent. */
  readonly starterSign: 'input' | 'parent';
  /** Whether the starter hears what is told by `tellStarter`. */
  readonly starterListens: boolean;
}

/** The trials of a run that were not completed, because it was interrupted, stopped or failed. What was asked is in its folder. */
export interface ContinueRequest {
  readonly type: 'continue';
  /** The run's id, so that the process can be known by its command line. */
  readonly id: string;
  /** Absolute path of the run's folder. */
  readonly folder: string;
  readonly whenStarterExits: 'continue' | 'stop';
  readonly starterSign: 'input';
  readonly starterListens: true;
}

/** Only what the experiment declares, printed as JSON. */
export interface DescribeRequest {
  readonly type: 'describe';
  /** Absolute path of the experiment's source. */
  readonly file: string;
}

/** The claim of a run that has its verdict, decided with each baseline and ablation in the place of the method, printed as JSON. */
export interface SabotageRequest {
  readonly type: 'sabotage';
  /** Absolute path of the run's folder. */
  readonly folder: string;
}
