import type { Figure } from '../sdk/figure.ts';
import type { RunRecord } from './record.ts';

/**
 * Why and where something failed, in terms of the experiment's source. `declaration`: the module declares no valid
 * experiment; `request`: what was asked (a parameter, an arm, a backend) cannot be done; `internal`: our own fault.
 */
export interface RunError {
  readonly kind:
    'compile' | 'declaration' | 'request' | 'exception' | 'exit' | 'memory' | 'time' | 'killed' | 'internal';
  readonly message: string;
  readonly stack?: string;
  /** Absolute path of the source file, where known. */
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
}

/** A condition of the claim with its bootstrap interval. */
export interface CheckedCondition {
  readonly label: string;
  readonly value: number;
  /** Two-sided 95 % percentile bootstrap interval over seeds. */
  readonly interval: readonly [low: number, high: number];
  readonly relation: 'at least' | 'at most';
  readonly bound: number;
  readonly unit?: string;
  readonly outcome: 'holds' | 'fails' | 'inconclusive';
}

export interface Verdict {
  readonly verdict: 'holds' | 'fails' | 'inconclusive';
  readonly statement: string;
  /** In the claim's order; the first is the reported effect. */
  readonly conditions: readonly CheckedCondition[];
  readonly seeds: number;
  readonly resamples: number;
}

/** How a trial or run came to its end. */
export type Outcome = 'completed' | 'failed' | 'stopped';

/** Numbers as JSON keeps them: JSON has no NaN and no infinities. */
export type JsonNumber = number | 'NaN' | 'Infinity' | '-Infinity';

/** One line of `events.jsonl`. `at`: milliseconds since 1970. `trial`: `<arm>#<seed>`. */
export type RunEvent = { readonly at: number } &
  /** `record`: the same as `run.json` holds, in case that is damaged; runs of earlier versions lack it. */
  (
    | { readonly type: 'started'; readonly pid: number; readonly record?: RunRecord }
    /** Another process goes on with a run whose process was gone or had ended: with the trials that were not completed. */
    | { readonly type: 'continued'; readonly pid: number }
    | {
        readonly type: 'trial-started';
        readonly trial: string;
        readonly arm: string;
        readonly seed: number;
        readonly pid: number;
        /** Number of the checkpoint that it goes on from: what was recorded after that checkpoint counts no more. */
        readonly checkpoint?: number;
      }
    /** The trial can go on from here. Numbers grow from 1 on a trial. */
    | { readonly type: 'checkpoint'; readonly trial: string; readonly number: number }
    | {
        readonly type: 'points';
        readonly trial: string;
        readonly metric: string;
        readonly steps: readonly number[];
        readonly values: readonly JsonNumber[];
      }
    | { readonly type: 'figure'; readonly trial: string; readonly name: string; readonly figure: Figure }
    | { readonly type: 'progress'; readonly trial: string; readonly share: number }
    | {
        readonly type: 'trial-ended';
        readonly trial: string;
        readonly outcome: Outcome;
        readonly seconds: number;
        readonly error?: RunError;
      }
    | { readonly type: 'warning'; readonly message: string; readonly trial?: string }
    | { readonly type: 'stopping' | 'paused' | 'resumed' }
    | ({ readonly type: 'verdict' } & Verdict)
    | { readonly type: 'ended'; readonly outcome: Outcome; readonly seconds: number; readonly error?: RunError }
  );

/** `control.json`: what somebody asks of the run; the last request counts. Written by replacing the file. */
export interface ControlRequest {
  readonly request: 'stop' | 'pause' | 'resume';
  readonly at: number;
}
