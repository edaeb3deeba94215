import { blockWidth, field } from '../../runtime/runs/event-index/blocks.ts';
import type { Labels } from '../../runtime/runs/labels.ts';
import { runTiming, type RunState, type SeriesBlocks } from '../../runtime/runs/state.ts';
import type { FigureView, PointsBlock, RunView, SeriesPoints, ToDashboard } from '../../webviews/messages.ts';

type Snapshot = Extract<ToDashboard, { readonly type: 'snapshot' }>;
type Update = Extract<ToDashboard, { readonly type: 'update' }>;

/**
 * Turns a run's growing state into messages for one dashboard: a whole snapshot, then only what is new. Numbers are copied
 * out of the state once, as `Float64Array`.
 */
export class RunFeed {
  readonly #state: RunState;
  readonly #labels: () => Labels | undefined;
  /** Points already sent, by trial and metric. */
  readonly #sentPoints = new Map<string, number>();
  readonly #sentFigures = new Map<string, FigureView['figure']>();
  #restarts = 0;
  /** What the run was when the snapshot was made. */
  #record: RunState['record'] | undefined;

  /** @param labels what people have written on the run now. */
  constructor(state: RunState, labels: () => Labels | undefined) {
    this.#state = state;
    this.#labels = labels;
  }

  /** Everything; what follows are updates to it. */
  snapshot(rest: Pick<Snapshot, 'console' | 'trusted' | 'paperTitle'>): Snapshot {
    this.#sentPoints.clear();
    this.#sentFigures.clear();
    this.#restarts = restarts(this.#state);
    this.#record = this.#state.record;
    return {
      type: 'snapshot',
      run: runView(this.#state, this.#labels()),
      series: this.#newPoints(),
      figures: this.#newFigures(),
      ...rest,
    };
  }

  /**
   * What came since the last message. Nothing where a snapshot has to follow: a trial began afresh in between, and what was
   * sent of its first attempt cannot be taken back by adding to it; or the experiment has been loaded, which tells what
   * there is to show.
   */
  update(console: string): Update | undefined {
    if (restarts(this.#state) !== this.#restarts || this.#state.record !== this.#record) return undefined;
    return {
      type: 'update',
      run: runView(this.#state, this.#labels()),
      series: this.#newPoints(),
      figures: this.#newFigures(),
      console,
    };
  }

  #newPoints(): SeriesPoints[] {
    return this.#state.series.flatMap(({ trial, metric, length, steps, values, blocks }) => {
      const key = `${trial}\n${metric}`;
      const sent = this.#sentPoints.get(key) ?? 0;
      if (length === sent) return [];
      this.#sentPoints.set(key, length);
      const points = { trial, metric, steps: steps.slice(sent, length), values: values.slice(sent, length) };
      return [sent > 0 || blocks === undefined ? points : { ...points, blocks: blocksOf(blocks) }];
    });
  }

  #newFigures(): FigureView[] {
    return this.#state.figures.filter(({ trial, name, figure }) => {
      const key = `${trial}\n${name}`;
      if (this.#sentFigures.get(key) === figure) return false;
      this.#sentFigures.set(key, figure);
      return true;
    });
  }
}

function blocksOf({ ends, index: { data } }: SeriesBlocks): PointsBlock[] {
  return ends.map((end, block) => {
    const at = block * blockWidth;
    return {
      end,
      points: data[at + field.count]!,
      nan: data[at + field.nan]!,
      infinite: data[at + field.infinite]!,
      low: data[at + field.notPositive]!,
    };
  });
}

function runView(state: RunState, labels: Labels | undefined): RunView {
  const { record, status, trials, verdict, error, warnings } = state;
  return {
    ...{ record, status, trials, warnings },
    ...runTiming(state, Date.now()),
    ...(verdict === undefined ? {} : { verdict }),
    ...(error === undefined ? {} : { error }),
    ...(labels === undefined ? {} : { labels }),
  };
}

/** How many trials began afresh after their process had died. */
function restarts(state: RunState): number {
  return state.trials.reduce((sum, trial) => sum + Math.max(0, trial.attempt - 1), 0);
}
