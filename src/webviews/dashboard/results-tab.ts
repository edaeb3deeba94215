import { dropdown, slider } from '../controls.ts';
import { html, setAttribute } from '../dom.ts';
import type { DashboardContext } from './context.ts';
import { createFigureCard, type FigureCard } from './figure-card.ts';
import { createMetricCard, type MetricCard } from './metric-card.ts';
import type { RunArm } from './run-model.ts';
import type { Aggregation } from './statistics.ts';
import { swatch } from './swatch.ts';

export interface ResultsTab {
  readonly element: HTMLElement;
  update(): void;
  dispose(): void;
}

const aggregations: readonly { readonly value: Aggregation; readonly label: string }[] = [
  { value: 'median', label: 'Median, lowest to highest' },
  { value: 'error', label: 'Mean ± standard error' },
  { value: 'interval', label: 'Mean, 95 % interval' },
  { value: 'seeds', label: 'Every seed' },
];

/** The charts of all metrics and the figures, under one legend and one choice of how seeds are drawn together. */
export function createResultsTab(context: DashboardContext): ResultsTab {
  const legend = html('div', { class: 'legend', role: 'group', 'aria-label': 'Arms' });
  const seeds = dropdown('Seeds', aggregations, context.ui.aggregation, (value) => {
    const chosen = aggregations.find((aggregation) => aggregation.value === value);
    if (chosen) context.changeUi({ aggregation: chosen.value });
  });
  const smoothing = slider(
    'Smoothing',
    { min: 0, max: 0.99, step: 0.01, value: context.ui.smoothing },
    (value) => (value === 0 ? 'none' : value.toFixed(2)),
    (value) => context.changeUi({ smoothing: value }),
  );
  smoothing.element.title =
    'Exponential moving average over all points: each is s = β·s + (1 − β)·x, divided by 1 − βᵏ at the k-th point. The line as it is stays faintly visible.';
  const chips = context.arms.map((arm) => createChip(context, arm));
  legend.append(...chips.map(({ element }) => element));

  const charts = html('div', { class: 'charts' });
  const figuresHeading = html('h2', { hidden: true }, 'Figures');
  const figures = html('div', { class: 'charts' });
  const metricCards = new Map<string, MetricCard>();
  const figureCards = new Map<string, FigureCard>();
  const element = html(
    'section',
    { class: 'results', 'aria-label': 'Results' },
    html(
      'div',
      { class: 'toolbar sticky' },
      legend,
      html('div', { class: 'tool-group' }, seeds.element, smoothing.element),
    ),
    html('h2', { class: 'only-heard' }, 'Charts'),
    charts,
    figuresHeading,
    figures,
  );
  return {
    element,
    update() {
      for (const chip of chips) chip.update();
      for (const metric of context.model.metrics.keys()) {
        if (metricCards.has(metric)) continue;
        const card = createMetricCard(context, metric);
        metricCards.set(metric, card);
        charts.append(card.element);
      }
      for (const name of context.model.figures.keys()) {
        if (figureCards.has(name)) continue;
        const card = createFigureCard(context, name);
        figureCards.set(name, card);
        figures.append(card.element);
      }
      figuresHeading.hidden = figureCards.size === 0;
      for (const card of metricCards.values()) card.update();
      for (const card of figureCards.values()) card.update();
    },
    dispose() {
      for (const card of metricCards.values()) card.dispose();
      for (const card of figureCards.values()) card.dispose();
    },
  };
}

/** An arm in the legend, which switches its lines on and off. */
function createChip(context: DashboardContext, arm: RunArm): { readonly element: HTMLElement; update(): void } {
  const sample = html('span', { class: 'chip-sample' });
  const element = html(
    'button',
    { class: 'chip', type: 'button', title: arm.about },
    sample,
    html('span', {}, arm.name),
    arm.role !== 'baseline' && html('span', { class: 'aside' }, arm.role),
  );
  element.addEventListener('click', () => {
    const { hiddenArms } = context.ui;
    context.changeUi({
      hiddenArms: hiddenArms.includes(arm.name)
        ? hiddenArms.filter((name) => name !== arm.name)
        : [...hiddenArms, arm.name],
    });
  });
  let styles: DashboardContext['styles'] | undefined;
  return {
    element,
    update() {
      setAttribute(element, 'aria-pressed', String(!context.ui.hiddenArms.includes(arm.name)));
      if (styles === context.styles) return;
      styles = context.styles;
      sample.replaceChildren(swatch(styles.get(arm.name)!));
    },
  };
}
