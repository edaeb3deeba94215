import type { RunEvent } from '../events.ts';
import { takeSnapshot, type RunState } from '../state.ts';
import {
  addPoint,
  type Blocks,
  countPoints,
  createBlocks,
  cutToCheckpoint,
  joinBlocks,
  type LinePlace,
  markCheckpoint,
} from './blocks.ts';
import type { EventIndex, IndexedSeries } from './event-index.ts';

/** Below so many points a run has no index: reading them all is as quick. */
export const indexedFrom = 100_000;
/** How many blocks an index has at most, unless there are more series than that. */
const blockLimit = 32_768;
/** How many points a block begins with; doubled whenever there are too many blocks. */
const firstSize = 32;

/** Keeps the index of a run's events up to date while they are written. */
export interface IndexBuilder {
  /** Takes in a line of `events.jsonl`. Events come in written order. */
  take(event: RunEvent, place: LinePlace): void;
  /** Takes in a line that is no event: its number in the file and what is wrong with it. */
  takeProblem(line: number, problem: string, place: LinePlace): void;
  /** How many points have been taken in. */
  readonly points: number;
  /** The index of what has been taken in. @param state what the same events told, points and figures left out. */
  build(state: RunState): EventIndex;
}

export function createIndexBuilder(): IndexBuilder {
  /** By trial, then by metric. */
  const trials = new Map<string, Map<string, Blocks>>();
  const series: { readonly trial: string; readonly metric: string; readonly blocks: Blocks }[] = [];
  const figures = new Map<string, { readonly trial: string; readonly name: string; readonly place: LinePlace }>();
  const checkpoints = new Map<string, { readonly number: number; readonly counts: Readonly<Record<string, number>> }>();
  const problems: { readonly line: number; readonly problem: string }[] = [];
  let size = firstSize;
  let allowed = blockLimit;
  let points = 0;
  let bytes = 0;
  let lines = 0;

  function blocksOf(trial: string, metric: string): Blocks {
    const own = trials.get(trial) ?? new Map<string, Blocks>();
    trials.set(trial, own);
    const known = own.get(metric);
    if (known !== undefined) return known;
    const blocks = createBlocks();
    own.set(metric, blocks);
    series.push({ trial, metric, blocks });
    return blocks;
  }

  function begin(trial: string, fromCheckpoint: boolean): void {
    const own = trials.get(trial)?.values() ?? [];
    if (fromCheckpoint) {
      for (const blocks of own) cutToCheckpoint(blocks);
      return;
    }
    for (const blocks of own) blocks.length = 0;
    checkpoints.delete(trial);
    for (const [key, figure] of figures) if (figure.trial === trial) figures.delete(key);
  }

  function keepSmall(): void {
    const total = () => series.reduce((sum, { blocks }) => sum + blocks.length, 0);
    if (total() <= allowed) return;
    size *= 2;
    for (const { blocks } of series) joinBlocks(blocks, size);
    allowed = Math.max(blockLimit, total() * 1.5);
  }

  return {
    take(event, place) {
      bytes = Math.max(bytes, place.end);
      lines++;
      switch (event.type) {
        case 'trial-started':
          begin(event.trial, event.checkpoint !== undefined);
          return;
        case 'checkpoint': {
          const own = trials.get(event.trial) ?? new Map<string, Blocks>();
          for (const blocks of own.values()) markCheckpoint(blocks);
          const counts = [...own].map(([metric, blocks]) => [metric, countPoints(blocks)] as const);
          checkpoints.set(event.trial, { number: event.number, counts: Object.fromEntries(counts) });
          return;
        }
        case 'points': {
          const blocks = blocksOf(event.trial, event.metric);
          const count = Math.min(event.steps.length, event.values.length);
          for (let i = 0; i < count; i++) {
            addPoint(blocks, size, event.steps[i]!, Number(event.values[i]), place, i);
          }
          points += count;
          keepSmall();
          return;
        }
        case 'figure':
          figures.set(`${event.trial}\n${event.name}`, { trial: event.trial, name: event.name, place });
      }
    },
    takeProblem(line, problem, place) {
      bytes = Math.max(bytes, place.end);
      lines++;
      problems.push({ line, problem });
    },
    get points() {
      return points;
    },
    build: (state) => ({
      bytes,
      lines,
      problems,
      state: takeSnapshot(state),
      checkpoints: [...checkpoints].map(([trial, checkpoint]) => ({ trial, ...checkpoint })),
      figures: [...figures.values()],
      series: series.map(({ trial, metric, blocks }): IndexedSeries => ({
        trial,
        metric,
        blocks: { length: blocks.length, data: blocks.data },
      })),
    }),
  };
}
