import type { StateSnapshot } from '../state.ts';
import type { Blocks, LinePlace } from './blocks.ts';

/** The blocks of one metric of one trial. */
export interface IndexedSeries {
  readonly trial: string;
  readonly metric: string;
  readonly blocks: Blocks;
}

/** What the beginning of a run's `events.jsonl` says, short enough to be read at once. */
export interface EventIndex {
  /** How many bytes and lines of the events it stands for, from the beginning. */
  readonly bytes: number;
  readonly lines: number;
  /** Lines among them that are no events. */
  readonly problems: readonly { readonly line: number; readonly problem: string }[];
  readonly state: StateSnapshot;
  /** The last checkpoint of each trial, and how many points each metric had then. */
  readonly checkpoints: readonly {
    readonly trial: string;
    readonly number: number;
    readonly counts: Readonly<Record<string, number>>;
  }[];
  /** Where the last of each figure lies. */
  readonly figures: readonly { readonly trial: string; readonly name: string; readonly place: LinePlace }[];
  readonly series: readonly IndexedSeries[];
}
