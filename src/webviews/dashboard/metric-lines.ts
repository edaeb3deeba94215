import { type Band, createBand, updateBand } from './band.ts';
import { createExtremes, type Extremes, updateExtremes } from './extremes.ts';
import { evenPoints, type Series } from './series-store.ts';
import { createSmoothed, type Smoothed, updateSmoothed } from './smoothing.ts';
import type { Aggregation } from './statistics.ts';

/** How the lines of a metric are wanted. */
export interface LineOptions {
  readonly aggregation: Aggregation;
  /** 0 (none) to below 1. */
  readonly smoothing: number;
  /** Whether values are drawn on a logarithmic axis. */
  readonly logarithmic: boolean;
}

/** Values over a line's steps, as they are and as they are drawn, with what decimation needs to know of both. */
export interface Track {
  raw: Float64Array;
  rawExtremes: Extremes;
  /** The same array as `raw` without smoothing. */
  drawn: Float64Array;
  drawnExtremes: Extremes;
  smoothed: Smoothed | undefined;
}

/** One line of a chart: one seed of an arm, or all seeds of an arm together with a band. Only the first `length` entries count. */
export interface Line {
  readonly arm: string;
  /** Absent where the line stands for all seeds. */
  readonly seed?: number;
  steps: Float64Array;
  length: number;
  readonly centre: Track;
  readonly band?: { readonly low: Track; readonly high: Track; readonly source: Band };
}

function createTrack({ smoothing, logarithmic }: LineOptions): Track {
  const rawExtremes = createExtremes(logarithmic);
  return {
    raw: new Float64Array(0),
    rawExtremes,
    drawn: new Float64Array(0),
    drawnExtremes: smoothing > 0 ? createExtremes(logarithmic) : rawExtremes,
    smoothed: smoothing > 0 ? createSmoothed(smoothing) : undefined,
  };
}

function updateTrack(track: Track, source: Float64Array, length: number, from: number): void {
  track.raw = source;
  updateExtremes(track.rawExtremes, source, length, from);
  if (track.smoothed) {
    updateSmoothed(track.smoothed, source, length, from);
    track.drawn = track.smoothed.values;
    updateExtremes(track.drawnExtremes, track.drawn, length, from);
  } else {
    track.drawn = source;
  }
}

/** The lines of one metric under some options. */
export interface MetricLines {
  readonly options: LineOptions;
  readonly lines: readonly Line[];
  /** Takes in what the series have gained; series may be added, none taken away. The work is that of what changed. */
  update(series: readonly Series[]): void;
}

/** @param arms in the order in which lines are wanted. */
export function createMetricLines(arms: readonly string[], options: LineOptions): MetricLines {
  return options.aggregation === 'seeds' ? linesOfSeeds(arms, options) : linesOfArms(arms, options);
}

function linesOfSeeds(arms: readonly string[], options: LineOptions): MetricLines {
  const lines: Line[] = [];
  const known = new Map<Series, Line>();
  return {
    options,
    lines,
    update(series) {
      for (const one of series) {
        let line = known.get(one);
        if (!line) {
          line = { arm: one.arm, seed: one.seed, steps: one.steps, length: 0, centre: createTrack(options) };
          known.set(one, line);
          lines.push(line);
          lines.sort((a, b) => arms.indexOf(a.arm) - arms.indexOf(b.arm) || a.seed! - b.seed!);
        }
        if (line.length === one.length) continue;
        const from = line.length;
        line.steps = one.steps;
        line.length = one.length;
        updateTrack(line.centre, one.values, one.length, from);
      }
    },
  };
}

function linesOfArms(arms: readonly string[], options: LineOptions): MetricLines {
  const lines: Line[] = [];
  const linear = { ...options, logarithmic: false };
  return {
    options,
    lines,
    update(series) {
      for (const arm of arms) {
        const own = series.filter((one) => one.arm === arm).map(evenPoints);
        if (own.length === 0) continue;
        let line = lines.find((candidate) => candidate.arm === arm);
        if (!line) {
          const source = createBand(options.aggregation);
          line = {
            arm,
            steps: source.steps,
            length: 0,
            centre: createTrack(options),
            // A band that reaches zero goes on to the edge of a logarithmic axis instead of being interrupted.
            band: { low: createTrack(linear), high: createTrack(linear), source },
          };
          lines.push(line);
          lines.sort((a, b) => arms.indexOf(a.arm) - arms.indexOf(b.arm));
        }
        const { low, high, source } = line.band!;
        const from = updateBand(source, own);
        if (from === source.length) continue;
        line.steps = source.steps;
        line.length = source.length;
        updateTrack(line.centre, source.centre, source.length, from);
        updateTrack(low, source.low, source.length, from);
        updateTrack(high, source.high, source.length, from);
      }
    },
  };
}
