import type { FigureView, RunStatus, RunView, SeriesPoints, ToDashboard, TrialView, WholeBlocks } from '../messages.ts';
import { appendPoints, createSeries, describeBlocks, type Series, withWholeBlocks } from './series-store.ts';
import type { Role } from './arm-style.ts';

/** A run as the view holds it: the newest `RunView`, and what snapshots and updates have brought of its data. */
export interface RunModel {
  run: RunView;
  trusted: boolean;
  paperTitle: string | undefined;
  /** By metric, in the order of declaration; undeclared ones follow. */
  readonly metrics: ReadonlyMap<string, Series[]>;
  /** By name of the figure, then by trial. */
  readonly figures: ReadonlyMap<string, ReadonlyMap<string, FigureView>>;
  /** Console text that has come and not been taken out yet. */
  console: string;
  /** By metric how often points that had been left out were put in place: its series are others then. */
  readonly refined: ReadonlyMap<string, number>;
  /** Puts points of a metric in place that had been left out. */
  refine(metric: string, series: readonly WholeBlocks[]): void;
  /** Takes in what came since. */
  update(message: Pick<Extract<ToDashboard, { type: 'update' }>, 'run' | 'series' | 'figures' | 'console'>): void;
}

/** Arm and seed of a trial's name, `<arm>#<seed>`. */
export function partsOfTrial(trial: string): { readonly arm: string; readonly seed: number } {
  const mark = trial.lastIndexOf('#');
  return { arm: trial.slice(0, mark), seed: Number(trial.slice(mark + 1)) };
}

export function createRunModel(snapshot: Extract<ToDashboard, { type: 'snapshot' }>): RunModel {
  const metrics = new Map<string, Series[]>();
  for (const metric of Object.keys(snapshot.run.record.experiment.description.metrics)) metrics.set(metric, []);
  const byTrial = new Map<string, Series>();
  const refined = new Map<string, number>();
  const figures = new Map<string, Map<string, FigureView>>();

  const takeSeries = ({ trial, metric, steps, values, blocks }: SeriesPoints) => {
    const key = JSON.stringify([metric, trial]);
    let series = byTrial.get(key);
    if (!series) {
      const { arm, seed } = partsOfTrial(trial);
      series = createSeries(arm, seed);
      byTrial.set(key, series);
      const siblings = metrics.get(metric) ?? [];
      metrics.set(metric, siblings);
      siblings.push(series);
    }
    appendPoints(series, steps, values);
    if (blocks !== undefined) describeBlocks(series, blocks);
  };
  const model: RunModel = {
    run: snapshot.run,
    trusted: snapshot.trusted,
    paperTitle: snapshot.paperTitle,
    metrics,
    figures,
    console: '',
    refined,
    refine(metric, wholes) {
      for (const whole of wholes) {
        const key = JSON.stringify([metric, whole.trial]);
        const before = byTrial.get(key);
        const siblings = metrics.get(metric);
        if (before === undefined || siblings === undefined) continue;
        const series = withWholeBlocks(before, whole);
        byTrial.set(key, series);
        siblings[siblings.indexOf(before)] = series;
      }
      refined.set(metric, (refined.get(metric) ?? 0) + 1);
    },
    update({ run, series, figures: drawn, console }) {
      model.run = run;
      model.console += console;
      series.forEach(takeSeries);
      for (const figure of drawn) {
        const trials = figures.get(figure.name) ?? new Map<string, FigureView>();
        figures.set(figure.name, trials);
        trials.set(figure.trial, figure);
      }
    },
  };
  model.update(snapshot);
  return model;
}

export interface RunArm {
  readonly name: string;
  readonly role: Role;
  /** What the experiment says of it; may be empty. */
  readonly about: string;
}

const rank: Readonly<Record<Role, number>> = { method: 0, ablation: 1, baseline: 2, reference: 3 };

/** The arms that the run was asked for: the method first, so that it is read first and drawn on top. */
export function armsOf({ record }: RunView): readonly RunArm[] {
  return record.arms
    .map((name) => {
      const arm = record.experiment.description.arms[name];
      return { name, role: arm?.role ?? ('baseline' as const), about: arm?.about ?? '' };
    })
    .sort((a, b) => rank[a.role] - rank[b.role]);
}

const activeStatuses: readonly RunStatus[] = ['starting', 'running', 'stopping', 'paused'];

/** Whether the run's process is still at it. */
export function isActive(status: RunStatus): boolean {
  return activeStatuses.includes(status);
}

/** Whether the run is over and something of it is left to do. */
export function isResumable(status: RunStatus): boolean {
  return status === 'interrupted' || status === 'stopped' || status === 'failed';
}

export function hasEnded(trial: TrialView): boolean {
  return trial.status !== 'waiting' && trial.status !== 'running';
}

/**
 * Whether a metric is one number a trial rather than a curve. Known once a trial has ended with no more than one step;
 * until then a single point is taken for the beginning of a curve.
 */
export function isSingleNumber(series: readonly Series[], run: RunView): boolean {
  const ended = new Set(run.trials.filter(hasEnded).map((trial) => trial.trial));
  if (!series.some((one) => ended.has(`${one.arm}#${one.seed}`)) && isActive(run.status)) return false;
  return series.every(({ steps, length }) => length > 0 && steps[0] === steps[length - 1]);
}

/** A status in words. */
export function describeStatus(status: RunStatus | TrialView['status']): string {
  const words: Readonly<Record<RunStatus | TrialView['status'], string>> = {
    waiting: 'Waiting',
    starting: 'Starting',
    running: 'Running',
    stopping: 'Stopping',
    paused: 'Paused',
    interrupted: 'Interrupted',
    completed: 'Completed',
    failed: 'Failed',
    stopped: 'Stopped',
  };
  return words[status];
}
