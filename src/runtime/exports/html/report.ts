import type { Metric } from '../../sdk/experiment.ts';
import { type RunState, type Series, runTiming } from '../../runs/state.ts';
import { styleArms } from './arm-style.ts';
import type { Points } from './band.ts';
import { escapeText } from './escape.ts';
import { environmentList, errorBox, parametersTable, trialsSummary, writeTime } from './facts.ts';
import { figuresSection } from './figures-section.ts';
import { finalValuesTable, type MetricArms } from './final-values.ts';
import { metricChart } from './metric-chart.ts';
import { writeAmount, writeDuration } from './number.ts';
import { styleSheet } from './style-sheet.ts';
import { verdictSection } from './verdict-section.ts';

/**
 * A run as one HTML page in pieces: without scripts, without anything from elsewhere, the same for the same run.
 *
 * @param source the experiment as it ran; left out where it is not known.
 */
export function* report(state: RunState, source: string | undefined): Generator<string> {
  const { record, status, trials, warnings, error } = state;
  const { description } = record.experiment;
  const title = description.question === '' ? record.name : description.question;
  const metrics = collectMetrics(state);
  const pointCount = state.series.reduce((count, { length }) => count + length, 0);
  const timing = runTiming(state, state.lastEventAt ?? 0);
  yield (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">' +
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">` +
    '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">' +
    `<meta name="generator" content="${escapeText(`Marginalia ${record.versions.marginalia}`)}">` +
    `<title>${escapeText(`${record.name}: ${title}`)}</title><style>${styleSheet()}</style></head><body>`
  );
  yield (
    `<header><p class="eyebrow">${escapeText(record.name)}${description.paper === '' ? '' : ` <span>after <cite>${escapeText(description.paper)}</cite></span>`}</p>` +
    `<h1${title.length > 80 ? ' class="long"' : ''}>${escapeText(title)}</h1>` +
    `<p class="quiet">${[
      `${writeAmount(record.arms.length, 'arm')} × ${writeAmount(record.seeds.length, 'seed')}`,
      writeAmount(pointCount, 'point'),
      writeDuration(timing.elapsedSeconds),
      `<span class="status ${status}">${status}</span>`,
      escapeText(writeTime(record.created)),
    ].join(' · ')}</p></header>`
  );
  const sections: readonly (readonly [id: string, name: string, shown: boolean])[] = [
    ['error', 'Error', error !== undefined],
    ['verdict', 'Verdict', true],
    ['warnings', writeAmount(warnings.length, 'warning'), warnings.length > 0],
    ['finals', 'Final values', metrics.length > 0],
    ...metrics.map(({ name }, index) => [`metric-${index}`, name, true] as const),
    ['figures', 'Figures', state.figures.length > 0],
    ['parameters', 'Parameters', true],
    ['trials', 'Trials', trials.length > 0],
    ['environment', 'Environment', true],
    ['code', 'Code', source !== undefined],
  ];
  yield `<nav aria-label="Sections"><ul>${sections
    .filter(([, , shown]) => shown)
    .map(([id, name]) => `<li><a href="#${id}">${escapeText(name)}</a></li>`)
    .join('')}</ul></nav><main>`;
  if (error !== undefined) yield errorBox(error);
  yield verdictSection(state);
  if (warnings.length > 0) {
    const items = warnings.map((warning) => `<li>${escapeText(warning)}</li>`);
    yield `<section class="warnings" aria-labelledby="warnings"><h2 id="warnings">Warnings</h2><ul>${items.join('')}</ul></section>`;
  }
  if (metrics.length > 0) {
    const table = finalValuesTable(metrics, (arm) => description.arms[arm]?.about ?? '');
    yield `<section aria-labelledby="finals"><h2 id="finals">Final values</h2>${table}</section>`;
  }
  for (const [index, { name, metric, arms }] of metrics.entries()) {
    yield `<section aria-labelledby="metric-${index}"><h2 id="metric-${index}">${escapeText(name)}</h2><p class="lead">${escapeText(metric.about)}</p>`;
    yield* metricChart(`chart-${index}`, name, metric, arms);
    yield '</section>';
  }
  yield* figuresSection(state);
  yield `<section aria-labelledby="parameters"><h2 id="parameters">Parameters</h2>${parametersTable(record)}</section>`;
  if (trials.length > 0) {
    yield `<section aria-labelledby="trials"><h2 id="trials">Trials</h2>${trialsSummary(state)}</section>`;
  }
  yield `<section aria-labelledby="environment"><h2 id="environment">Environment</h2>${environmentList(record)}</section>`;
  if (source !== undefined) {
    yield (
      '<section aria-labelledby="code"><h2 id="code">Code</h2><details><summary>The experiment as it ran</summary>' +
      `<pre tabindex="0"><code>${escapeText(source)}</code></pre></details></section>`
    );
  }
  yield '</main></body></html>\n';
}

/** What is assumed of a metric that the description does not know. */
const plainMetric: Metric = { better: 'neither', unit: 'value', about: '' };

function collectMetrics({ record, trials, series }: RunState): MetricArms[] {
  const { description } = record.experiment;
  const styles = styleArms(record.arms.map((name) => ({ name, role: description.arms[name]?.role ?? 'baseline' })));
  const byKey = new Map(series.map((one) => [`${one.trial}\n${one.metric}`, one]));
  const names = new Set([...Object.keys(description.metrics), ...series.map(({ metric }) => metric)]);
  return [...names].map((name) => ({
    name,
    metric: description.metrics[name] ?? plainMetric,
    arms: record.arms.map((arm) => ({
      name: arm,
      style: styles.get(arm)!,
      competes: description.arms[arm]?.role !== 'reference',
      trials: trials
        .filter((trial) => trial.arm === arm)
        .map(({ trial }) => pointsOf(byKey.get(`${trial}\n${name}`)))
        .filter((points): points is Points => points !== undefined),
    })),
  }));
}

/** The points without the room to grow; nothing where none were logged. A step that is no number has no place on an axis. */
function pointsOf(series: Series | undefined): Points | undefined {
  if (series === undefined || series.length === 0) return undefined;
  const steps = series.steps.subarray(0, series.length);
  const values = series.values.subarray(0, series.length);
  if (steps.every(Number.isFinite)) return { steps, values };
  const placed = (_: number, index: number) => Number.isFinite(steps[index]);
  return { steps: steps.filter(placed), values: values.filter(placed) };
}
