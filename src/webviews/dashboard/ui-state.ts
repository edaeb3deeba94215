import type { Range } from '../ticks.ts';
import type { Zoom } from './zoom.ts';
import type { Aggregation } from './statistics.ts';

/** How a person left the view of one metric. */
export interface MetricUi {
  /** Absent: as the experiment declares. */
  readonly logarithmicSteps?: boolean;
  readonly logarithmicValues?: boolean;
  readonly zoom: Zoom;
  readonly table: boolean;
}

/** How a person left the dashboard. Persisted by the editor; no data of the run is in it. */
export interface UiState {
  readonly tab: string;
  readonly aggregation: Aggregation;
  readonly smoothing: number;
  readonly hiddenArms: readonly string[];
  readonly metrics: Readonly<Record<string, MetricUi>>;
  /** Which trial each figure is shown of. */
  readonly figures: Readonly<Record<string, { readonly arm: string; readonly seed: number }>>;
  readonly followConsole: boolean;
}

export const freshUi: UiState = {
  tab: 'results',
  aggregation: 'median',
  smoothing: 0,
  hiddenArms: [],
  metrics: {},
  figures: {},
  followConsole: true,
};

export const freshMetricUi: MetricUi = { zoom: {}, table: false };

const aggregations: readonly Aggregation[] = ['median', 'error', 'interval', 'seeds'];

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function readRange(value: unknown): Range | undefined {
  const { min, max } = recordOf(value);
  return typeof min === 'number' && typeof max === 'number' && min < max ? { min, max } : undefined;
}

function readMetric(value: unknown): MetricUi {
  const { logarithmicSteps, logarithmicValues, zoom, table } = recordOf(value);
  const steps = readRange(recordOf(zoom).steps);
  const values = readRange(recordOf(zoom).values);
  return {
    ...(typeof logarithmicSteps === 'boolean' && { logarithmicSteps }),
    ...(typeof logarithmicValues === 'boolean' && { logarithmicValues }),
    zoom: { ...(steps && { steps }), ...(values && { values }) },
    table: table === true,
  };
}

/** Reads what an earlier version of the view may have persisted; whatever does not fit is as if never set. */
export function readUi(value: unknown): UiState {
  const { tab, aggregation, smoothing, hiddenArms, metrics, figures, followConsole } = recordOf(value);
  const chosenFigures: Record<string, { arm: string; seed: number }> = {};
  for (const [name, choice] of Object.entries(recordOf(figures))) {
    const { arm, seed } = recordOf(choice);
    if (typeof arm === 'string' && typeof seed === 'number') chosenFigures[name] = { arm, seed };
  }
  return {
    tab: typeof tab === 'string' ? tab : freshUi.tab,
    aggregation: aggregations.find((candidate) => candidate === aggregation) ?? freshUi.aggregation,
    smoothing: typeof smoothing === 'number' && smoothing >= 0 && smoothing < 1 ? smoothing : freshUi.smoothing,
    hiddenArms: Array.isArray(hiddenArms) ? hiddenArms.filter((arm) => typeof arm === 'string') : [],
    metrics: Object.fromEntries(Object.entries(recordOf(metrics)).map(([name, own]) => [name, readMetric(own)])),
    figures: chosenFigures,
    followConsole: followConsole !== false,
  };
}
