import type { Figure } from '../sdk/figure.ts';
import { type Blocks, blockWidth, field, pointsOfBlock } from './event-index/blocks.ts';
import type { EventIndex } from './event-index/event-index.ts';
import type { JsonNumber, Outcome, RunError, RunEvent, Verdict } from './events.ts';
import type { RunRecord } from './record.ts';

/** How a warning begins that says why a run has come to no verdict. It counts until the run goes on. */
export const noVerdict = 'There is no verdict: ';

/** What a run is doing, as its folder tells. `interrupted`: its process is gone and it never said how it ended. */
export type RunStatus = 'starting' | 'running' | 'stopping' | 'paused' | 'interrupted' | Outcome;

/** One trial of a run: `waiting` until a process takes it up. */
export interface TrialState {
  /** `<arm>#<seed>`. */
  readonly trial: string;
  readonly arm: string;
  readonly seed: number;
  readonly status: 'waiting' | 'running' | Outcome;
  /** 0 to 1. */
  readonly share: number;
  /** How often it has been started: 2 where its process died once. Unless it went on from a checkpoint, that emptied its series. */
  readonly attempt: number;
  readonly seconds?: number;
  readonly error?: RunError;
}

/** The points of one metric of one trial: the first `length` entries of arrays that have room to grow. */
export interface Series {
  readonly trial: string;
  readonly metric: string;
  readonly length: number;
  readonly steps: Float64Array;
  readonly values: Float64Array;
  /** Where the series was opened from the run's index: what its first entries stand for. */
  readonly blocks?: SeriesBlocks;
}

/** The beginning of a series of which only some points have been read. */
export interface SeriesBlocks {
  /** For each block the index after its last entry. */
  readonly ends: readonly number[];
  /** For each block how many points it stands for. */
  readonly counts: readonly number[];
  /** How many points all blocks stand for. */
  readonly points: number;
  readonly index: Blocks;
}

/** How many points the trial has logged of this metric, whether they have been read or not. */
export function loggedPoints({ length, blocks }: Series): number {
  return blocks === undefined ? length : blocks.points + length - (blocks.ends.at(-1) ?? 0);
}

/** The last drawn state of a trial's figure. */
export interface FigureState {
  readonly trial: string;
  readonly name: string;
  readonly figure: Figure;
}

/** Everything a run's events have told so far. One object for the life of a viewer; `applyEvents` changes it in place. */
export interface RunState {
  readonly record: RunRecord;
  readonly status: RunStatus;
  /** Every trial that was asked for, in the order in which they start: all arms of the first seed, then of the second … */
  readonly trials: readonly TrialState[];
  readonly series: readonly Series[];
  readonly figures: readonly FigureState[];
  readonly verdict?: Verdict;
  readonly error?: RunError;
  readonly warnings: readonly string[];
  /** Those of the warnings that are about the folder: what of it cannot be read. */
  readonly problems: readonly string[];
  /** Milliseconds since 1970, moved on by the time for which nobody worked at the run; absent until it has begun. */
  readonly startedAt?: number;
  /** Time of the last event, milliseconds since 1970. */
  readonly lastEventAt?: number;
  /** Seconds of the whole run, once ended. */
  readonly seconds?: number;
}

/** How far a run is. */
export interface RunTiming {
  /** 0 to 1 over all trials. */
  readonly share: number;
  /** Seconds since the start, or of the whole run once ended. */
  readonly elapsedSeconds: number;
  /** Estimated seconds to go; absent until there is something to estimate from, while paused, and once ended. */
  readonly remainingSeconds?: number;
}

/** What a state holds but for points, figures and checkpoints, as the index keeps it. */
export interface StateSnapshot {
  readonly status: RunStatus;
  readonly trials: readonly TrialState[];
  readonly warnings: readonly string[];
  readonly pausedMilliseconds: number;
  readonly pausedAt?: number;
  readonly verdict?: Verdict;
  readonly error?: RunError;
  readonly startedAt?: number;
  readonly lastEventAt?: number;
  readonly seconds?: number;
}

/** What cannot be changed through a `RunState` but by the functions of this file. */
interface MutableState {
  record: RunRecord;
  status: RunStatus;
  trials: MutableTrial[];
  series: MutableSeries[];
  figures: FigureState[];
  verdict?: Verdict;
  error?: RunError;
  warnings: string[];
  problems: string[];
  startedAt?: number;
  lastEventAt?: number;
  seconds?: number;
  trialsByName: Map<string, MutableTrial>;
  seriesByKey: Map<string, MutableSeries>;
  figureIndex: Map<string, number>;
  /** By trial and number of its checkpoint: how many points each metric had then. */
  checkpoints: Map<string, Map<number, ReadonlyMap<string, number>>>;
  /** Set while paused: when that began. */
  pausedAt?: number;
  pausedMilliseconds: number;
}
type MutableTrial = { -readonly [K in keyof TrialState]: TrialState[K] };
type MutableSeries = { -readonly [K in keyof Series]: Series[K] };

/** The state of a run of which nothing but its record is known yet. */
export function createRunState(record: RunRecord): RunState {
  const state: MutableState = {
    record,
    status: 'starting',
    trials: [],
    series: [],
    figures: [],
    warnings: [],
    problems: [],
    trialsByName: new Map(),
    seriesByKey: new Map(),
    figureIndex: new Map(),
    checkpoints: new Map(),
    pausedMilliseconds: 0,
  };
  listTrials(state);
  return state;
}

/** What the state holds but for points, figures and checkpoints. */
export function takeSnapshot(state: RunState): StateSnapshot {
  const { status, trials, warnings, pausedMilliseconds, pausedAt } = state as MutableState;
  const { verdict, error, startedAt, lastEventAt, seconds } = state;
  return {
    ...{ status, trials, warnings, pausedMilliseconds },
    ...(pausedAt !== undefined && { pausedAt }),
    ...(verdict !== undefined && { verdict }),
    ...(error !== undefined && { error }),
    ...(startedAt !== undefined && { startedAt }),
    ...(lastEventAt !== undefined && { lastEventAt }),
    ...(seconds !== undefined && { seconds }),
  };
}

/** Brings a state that has had no events to where the run's index ends; `figures` are those that it names. */
export function applyIndex(state: RunState, index: EventIndex, figures: readonly FigureState[]): void {
  const mutable = state as MutableState;
  const { trials, warnings, ...rest } = index.state;
  Object.assign(mutable, rest);
  mutable.warnings.push(...warnings);
  for (const trial of trials) Object.assign(trialOf(mutable, trial.trial, trial.arm, trial.seed), trial);
  mutable.figures = [...figures];
  mutable.figureIndex = new Map(figures.map(({ trial, name }, position) => [`${trial}\n${name}`, position]));
  for (const { trial, number, counts } of index.checkpoints) {
    mutable.checkpoints.set(trial, new Map([[number, new Map(Object.entries(counts))]]));
  }
  for (const { trial, metric, blocks } of index.series) openBlocks(seriesOf(mutable, trial, metric), blocks);
}

function openBlocks(series: MutableSeries, index: Blocks): void {
  const ends: number[] = [];
  const counts: number[] = [];
  const steps: number[] = [];
  const values: number[] = [];
  for (let block = 0; block < index.length; block++) {
    for (const [step, value] of pointsOfBlock(index.data, block)) {
      steps.push(step);
      values.push(value);
    }
    ends.push(steps.length);
    counts.push(index.data[block * blockWidth + field.count]!);
  }
  append(series, steps, values);
  series.blocks = { ends, counts, points: counts.reduce((sum, count) => sum + count, 0), index };
}

/** Takes up a newer version of the run's record: the one with the experiment's description replaces the provisional one. */
export function replaceRecord(state: RunState, record: RunRecord): void {
  const mutable = state as MutableState;
  mutable.record = record;
  listTrials(mutable);
}

/** Brings the state up to date with events, in the order in which they were written. */
export function applyEvents(state: RunState, events: readonly RunEvent[]): void {
  for (const event of events) applyEvent(state as MutableState, event);
}

/** `applyEvents` for who keeps no points and figures: of those it takes the time alone. */
export function applyEventsWithoutData(state: RunState, events: readonly RunEvent[]): void {
  for (const event of events) {
    if (event.type === 'points' || event.type === 'figure') (state as MutableState).lastEventAt = event.at;
    else applyEvent(state as MutableState, event);
  }
}

/** How a run came to its end that has no `ended` event. */
export interface EndWithoutEvent {
  readonly status: 'interrupted' | Outcome;
  readonly error?: RunError;
}

/** Says that the run's process is gone without an `ended` event. */
export function markGone(state: RunState, { status, error }: EndWithoutEvent): void {
  const mutable = state as MutableState;
  mutable.status = status;
  if (error !== undefined) mutable.error = error;
  closeTrials(mutable);
  if (mutable.startedAt !== undefined && mutable.lastEventAt !== undefined) {
    mutable.seconds = (mutable.lastEventAt - mutable.startedAt) / 1000;
  }
}

/** Adds what of the run's folder cannot be read, such as a line of its events, to the warnings. */
export function addProblem(state: RunState, problem: string): void {
  const { warnings, problems } = state as MutableState;
  warnings.push(problem);
  problems.push(problem);
}

/** Whether a run that is over may be taken up again: something of it is left to do, and another process may do it. */
export function mayContinue(status: RunStatus): boolean {
  return status === 'interrupted' || status === 'stopped' || status === 'failed';
}

/** Number of the checkpoint that the trial would go on from; `undefined` where it would begin afresh. */
export function lastCheckpoint(state: RunState, trial: string): number | undefined {
  const numbers = (state as MutableState).checkpoints.get(trial)?.keys();
  return numbers === undefined ? undefined : Math.max(...numbers);
}

/** Whether nothing more will come: the run has ended or its process is gone. */
export function isOver(status: RunStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'stopped' || status === 'interrupted';
}

/**
 * How far the run is.
 *
 * @param now milliseconds since 1970.
 */
export function runTiming(state: RunState, now: number): RunTiming {
  const { trials, startedAt, status, pausedAt, pausedMilliseconds, seconds } = state as MutableState;
  const done = trials.reduce((sum, trial) => sum + (isDone(trial) ? 1 : trial.share), 0);
  const share = trials.length === 0 ? 0 : done / trials.length;
  if (seconds !== undefined) return { share: status === 'completed' ? 1 : share, elapsedSeconds: seconds };
  if (startedAt === undefined) return { share, elapsedSeconds: 0 };
  const elapsed = Math.max(0, now - startedAt);
  const elapsedSeconds = elapsed / 1000;
  const busy = elapsed - pausedMilliseconds - (pausedAt === undefined ? 0 : Math.max(0, now - pausedAt));
  if (pausedAt !== undefined || share <= 0 || busy <= 0 || isOver(status)) return { share, elapsedSeconds };
  return { share, elapsedSeconds, remainingSeconds: ((busy / 1000) * (1 - share)) / share };
}

function applyEvent(state: MutableState, event: RunEvent): void {
  const before = state.lastEventAt ?? event.at;
  state.lastEventAt = event.at;
  switch (event.type) {
    case 'started':
      state.status = 'running';
      state.startedAt = event.at;
      return;
    case 'continued':
      goOn(state, before, event.at);
      return;
    case 'trial-started': {
      const trial = trialOf(state, event.trial, event.arm, event.seed);
      trial.status = 'running';
      trial.share = 0;
      trial.attempt++;
      if (event.checkpoint !== undefined) cutBack(state, event.trial, event.checkpoint);
      else if (trial.attempt > 1) forget(state, event.trial);
      return;
    }
    case 'checkpoint': {
      const own = state.series.filter(({ trial }) => trial === event.trial);
      const lengths = new Map(own.map((series) => [series.metric, loggedPoints(series)]));
      const known = state.checkpoints.get(event.trial) ?? new Map<number, ReadonlyMap<string, number>>();
      state.checkpoints.set(event.trial, known.set(event.number, lengths));
      return;
    }
    case 'points':
      append(seriesOf(state, event.trial, event.metric), event.steps, event.values);
      return;
    case 'figure': {
      const key = `${event.trial}\n${event.name}`;
      const index = state.figureIndex.get(key) ?? state.figures.length;
      state.figureIndex.set(key, index);
      state.figures[index] = { trial: event.trial, name: event.name, figure: event.figure };
      return;
    }
    case 'progress': {
      const trial = state.trialsByName.get(event.trial);
      if (trial?.status === 'running') trial.share = Math.min(1, Math.max(0, event.share));
      return;
    }
    case 'trial-ended': {
      const trial = state.trialsByName.get(event.trial);
      if (trial === undefined) return;
      trial.status = event.outcome;
      trial.seconds = event.seconds;
      if (event.outcome === 'completed') trial.share = 1;
      if (event.error !== undefined) trial.error = event.error;
      return;
    }
    case 'warning':
      state.warnings.push(event.trial === undefined ? event.message : `${event.trial}: ${event.message}`);
      return;
    case 'stopping':
      state.status = 'stopping';
      return;
    case 'paused':
      state.status = 'paused';
      state.pausedAt = event.at;
      return;
    case 'resumed':
      state.status = 'running';
      if (state.pausedAt !== undefined) state.pausedMilliseconds += event.at - state.pausedAt;
      delete state.pausedAt;
      return;
    case 'verdict': {
      const { verdict, statement, conditions, seeds, resamples } = event;
      state.verdict = { verdict, statement, conditions, seeds, resamples };
      return;
    }
    case 'ended':
      state.status = event.outcome;
      state.seconds = event.seconds;
      if (event.error !== undefined) state.error = event.error;
      closeTrials(state);
      return;
  }
}

function listTrials(state: MutableState): void {
  for (const seed of state.record.seeds) {
    for (const arm of state.record.arms) trialOf(state, `${arm}#${seed}`, arm, seed);
  }
}

function trialOf(state: MutableState, name: string, arm: string, seed: number): MutableTrial {
  let trial = state.trialsByName.get(name);
  if (trial === undefined) {
    trial = { trial: name, arm, seed, status: 'waiting', share: 0, attempt: 0 };
    state.trialsByName.set(name, trial);
    state.trials.push(trial);
  }
  return trial;
}

/** A run that was over goes on, for another process took it up: with every trial that was not completed. */
function goOn(state: MutableState, idleFrom: number, idleTo: number): void {
  state.status = 'running';
  if (state.startedAt !== undefined) state.startedAt += idleTo - idleFrom;
  if (state.pausedAt !== undefined) state.pausedMilliseconds += idleFrom - state.pausedAt;
  delete state.pausedAt;
  delete state.seconds;
  delete state.error;
  delete state.verdict;
  state.warnings = state.warnings.filter((warning) => !warning.startsWith(noVerdict));
  for (const trial of state.trials) {
    if (trial.status === 'completed') continue;
    trial.status = 'waiting';
    trial.share = 0;
    delete trial.error;
    delete trial.seconds;
  }
}

/** A trial that goes on from a checkpoint: what it recorded after that does not count. */
function cutBack(state: MutableState, trial: string, checkpoint: number): void {
  const lengths = state.checkpoints.get(trial)?.get(checkpoint);
  for (const series of state.series) {
    if (series.trial === trial) shorten(series, lengths?.get(series.metric) ?? 0);
  }
}

/** Keeps so many points at most. Within blocks it keeps whole ones: a checkpoint stands at the end of one. */
function shorten(series: MutableSeries, points: number): void {
  const { blocks } = series;
  if (points >= loggedPoints(series)) return;
  if (blocks === undefined || points >= blocks.points) {
    series.length -= loggedPoints(series) - points;
    return;
  }
  let kept = 0;
  let left = points;
  while (left >= (blocks.counts[kept] ?? Infinity)) left -= blocks.counts[kept++]!;
  const [ends, counts] = [blocks.ends.slice(0, kept), blocks.counts.slice(0, kept)];
  series.blocks = { ends, counts, points: points - left, index: { ...blocks.index, length: kept } };
  series.length = ends.at(-1) ?? 0;
}

/** A trial that begins afresh: what its first attempt drew does not count. */
function forget(state: MutableState, trial: string): void {
  for (const series of state.series) if (series.trial === trial) shorten(series, 0);
  state.checkpoints.delete(trial);
  state.figures = state.figures.filter((figure) => figure.trial !== trial);
  state.figureIndex = new Map(state.figures.map(({ trial: owner, name }, index) => [`${owner}\n${name}`, index]));
}

/** Nothing runs or waits any more once the run is over. */
function closeTrials(state: MutableState): void {
  for (const trial of state.trials) if (!isDone(trial)) trial.status = 'stopped';
}

function isDone(trial: TrialState): boolean {
  return trial.status !== 'waiting' && trial.status !== 'running';
}

function seriesOf(state: MutableState, trial: string, metric: string): MutableSeries {
  const key = `${trial}\n${metric}`;
  let series = state.seriesByKey.get(key);
  if (series === undefined) {
    series = { trial, metric, length: 0, steps: new Float64Array(64), values: new Float64Array(64) };
    state.seriesByKey.set(key, series);
    state.series.push(series);
  }
  return series;
}

function append(series: MutableSeries, steps: readonly number[], values: readonly JsonNumber[]): void {
  const count = Math.min(steps.length, values.length);
  const length = series.length + count;
  if (length > series.steps.length) {
    const capacity = Math.max(length, series.steps.length * 2);
    series.steps = grown(series.steps, capacity);
    series.values = grown(series.values, capacity);
  }
  for (let i = 0; i < count; i++) {
    series.steps[series.length + i] = steps[i]!;
    series.values[series.length + i] = Number(values[i]);
  }
  series.length = length;
}

function grown(array: Float64Array, capacity: number): Float64Array {
  const larger = new Float64Array(capacity);
  larger.set(array);
  return larger;
}
