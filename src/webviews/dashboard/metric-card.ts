import { button, checkbox } from '../controls.ts';
import { html, setAttribute, setText, uniqueId } from '../dom.ts';
import { formatAmount, formatCount, formatNumber } from '../format.ts';
import { onNextFrame } from '../frame.ts';
import { composePicture, copyPicture } from './canvas.ts';
import type { DashboardContext } from './context.ts';
import { csv, seriesCsv } from './csv.ts';
import { describeSummary, drawFinalPlot, heightOfFinalPlot, summariseFinal } from './final-plot.ts';
import { createMetricLines, type Line, type MetricLines } from './metric-lines.ts';
import { createPagedTable, type TableContents } from './paged-table.ts';
import { createPlot, type Drawn } from './plot.ts';
import type { Range } from '../ticks.ts';
import { createInteraction, type Cursor } from './plot-interaction.ts';
import { allStepsOf, indexOfStep, readAt, type ReadingRow, walkFrom } from './reading.ts';
import { isActive, isSingleNumber } from './run-model.ts';
import { upperBound } from './search.ts';
import { countHidden, countOdd, type Series } from './series-store.ts';
import type { Aggregation } from './statistics.ts';
import { swatch } from './swatch.ts';
import { freshMetricUi, type MetricUi } from './ui-state.ts';
import type { Zoom } from './zoom.ts';

export interface MetricCard {
  readonly element: HTMLElement;
  /** Draws again on the next frame, or as soon as the card is in view. */
  update(): void;
  dispose(): void;
}

const centreNames: Readonly<Record<Aggregation, string>> = {
  median: 'median',
  error: 'mean',
  interval: 'mean',
  seeds: 'value',
};
const bandNames: Readonly<Record<Aggregation, string>> = {
  median: 'lowest to highest',
  error: 'mean ± standard error',
  interval: '95 % interval',
  seeds: '',
};

/** At most this many lines are read out beside the reading line. */
const readingRows = 8;

/** At most so many points of a metric are read when a person zooms in; what is wider is drawn without them. */
const readAtOnce = 1_000_000;

/** One metric: its chart with controls, what the chart does not show in words, and the same as a table. */
export function createMetricCard(context: DashboardContext, metric: string): MetricCard {
  const declared = context.model.run.record.experiment.description.metrics[metric];
  // The unit of a pure number is not worth its ink.
  const unit = declared && declared.unit !== '1' ? declared.unit : '';
  const stepName = declared?.step ?? 'step';
  const better = declared && declared.better !== 'neither' ? `${declared.better} is better` : '';
  const headingId = uniqueId('metric');
  const helpId = uniqueId('help');

  const metricUi = (): MetricUi => context.ui.metrics[metric] ?? freshMetricUi;
  const changeMetricUi = (change: Partial<MetricUi>) =>
    context.changeUi({ metrics: { ...context.ui.metrics, [metric]: { ...metricUi(), ...change } } });
  const logarithmic = () => ({
    steps: metricUi().logarithmicSteps ?? declared?.stepScale === 'log',
    values: metricUi().logarithmicValues ?? declared?.scale === 'log',
  });
  const series = (): readonly Series[] => context.model.metrics.get(metric) ?? [];
  const isHidden = (arm: string) => context.ui.hiddenArms.includes(arm);
  const armNames = () => context.arms.map((arm) => arm.name);

  // What is drawn.
  let metricLines: MetricLines | undefined;
  let drawn: Drawn | undefined;
  let cursor: Cursor | undefined;
  let inView = false;
  let due = true;
  // Of a large run most points are read only when they are looked at.
  const refinements = () => context.model.refined.get(metric) ?? 0;
  let refined = refinements();
  let asked: Range | undefined;
  /** Set while every point is to be saved: how often points had been put in place when they were asked for. */
  let saving: number | undefined;

  const draw = onNextFrame(() => {
    if (!inView) return;
    due = false;
    render();
  });
  const plot = createPlot(draw);
  const finalCanvas = html('canvas', { 'aria-hidden': 'true' });
  // Named from the start: what is out of view is not drawn yet, but a screen reader reads it.
  const finalPlot = html(
    'div',
    { class: 'final-plot', role: 'img', 'aria-label': `${metric} of each arm` },
    finalCanvas,
  );
  const empty = html('p', { class: 'empty' });
  const readout = html('div', { class: 'readout', hidden: true });
  const help = html(
    'p',
    { id: helpId, class: 'plot-help' },
    'Arrow keys read values, + and − zoom, Page Up and Page Down zoom the values, Shift with an arrow key pans, 0 shows all. ' +
      'Drag to zoom into a part, Shift-drag to pan, Ctrl-wheel to zoom, double-click to show all.',
  );
  const surface = html(
    'div',
    {
      class: 'plot',
      tabindex: 0,
      role: 'application',
      'aria-label': `${metric} over ${stepName}`,
      'aria-roledescription': 'chart',
      'aria-describedby': helpId,
    },
    plot.element,
    readout,
  );
  const table = createPagedTable();
  const saveTable = button('Save these rows as CSV', () => {
    const contents = tableContents();
    context.post({
      type: 'save',
      name: `${context.model.run.record.name}-${metric}-table.csv`,
      text: csv([contents.columns, ...Array.from({ length: contents.rows }, (_, row) => contents.cells(row))]),
    });
  });
  const tablePart = html('div', { class: 'table-part' }, table.element, saveTable.element);
  const badges = html('p', { class: 'badges' });

  const interaction = createInteraction({
    plot,
    surface,
    drawn: () => drawn,
    logarithmic,
    zoom: () => metricUi().zoom,
    zoomed: (zoom: Zoom) => changeMetricUi({ zoom }),
    pointed(next) {
      cursor = next;
      showReading();
    },
    walked(direction) {
      if (!drawn) return;
      cursor = { step: walkFrom(visibleLines(), cursor?.step, direction, drawn.steps) };
      showReading();
      const reading = readAt(visibleLines(), cursor.step, logarithmic().steps);
      if (reading) context.answer(`${stepName} ${formatNumber(reading.step)}: ${reading.rows.map(inWords).join('; ')}`);
    },
  });

  const logSteps = checkbox(`Log ${stepName}`, logarithmic().steps, (checked) =>
    changeMetricUi({ logarithmicSteps: checked, zoom: withoutKey(metricUi().zoom, 'steps') }),
  );
  const logValues = checkbox('Log values', logarithmic().values, (checked) =>
    changeMetricUi({ logarithmicValues: checked, zoom: withoutKey(metricUi().zoom, 'values') }),
  );
  const zoomTools = html(
    'span',
    { class: 'tool-group' },
    button('Zoom in', () => interaction.zoomBy(0.7), { picture: 'zoom-in' }).element,
    button('Zoom out', () => interaction.zoomBy(1 / 0.7), { picture: 'zoom-out' }).element,
    button('Show all', () => changeMetricUi({ zoom: {} }), { picture: 'whole' }).element,
  );
  const tableButton = button('Show as table', () => changeMetricUi({ table: !metricUi().table }), { picture: 'table' });
  const saveButton = button(
    'Save all points as CSV',
    () => {
      saving = refinements();
      saveOnceRead();
    },
    { picture: 'save' },
  );
  const copyButton = button('Copy as picture', copyAsPicture, { picture: 'picture' });
  const element = html(
    'article',
    { class: 'card metric', 'aria-labelledby': headingId },
    html(
      'header',
      {},
      html(
        'div',
        { class: 'metric-title' },
        html('h3', { id: headingId }, metric),
        html('p', { class: 'aside' }, [unit, better].filter(Boolean).join(', ')),
      ),
      html(
        'div',
        { class: 'tools', role: 'group', 'aria-label': `View of ${metric}` },
        html('span', { class: 'tool-group' }, logSteps.element, logValues.element),
        zoomTools,
        html('span', { class: 'tool-group' }, tableButton.element, saveButton.element, copyButton.element),
      ),
    ),
    declared && html('p', { class: 'about' }, declared.about),
    empty,
    surface,
    finalPlot,
    tablePart,
    help,
    badges,
  );

  const sight = new IntersectionObserver((entries) => {
    inView = entries.some((entry) => entry.isIntersecting);
    if (inView && due) draw();
  });
  sight.observe(element);

  function visibleLines(): readonly Line[] {
    return (metricLines?.lines ?? []).filter((line) => !isHidden(line.arm) && line.length > 0);
  }

  function visibleSeries(): readonly Series[] {
    return series().filter((one) => !isHidden(one.arm) && one.length > 0);
  }

  /** Asks for the points of a range of steps that have not been read, once. */
  function ask(range: Range): void {
    if (asked?.min === range.min && asked.max === range.max) return;
    asked = range;
    context.post({ type: 'points', metric, low: range.min, high: range.max });
  }

  function hiddenIn(range: Partial<Range>): number {
    return visibleSeries().reduce((sum, one) => sum + countHidden(one, range.min, range.max), 0);
  }

  /** Saves every point, as soon as all have been read. */
  function saveOnceRead(): void {
    if (saving === undefined) return;
    if (series().some((one) => countHidden(one) > 0)) {
      if (refinements() === saving) {
        ask({ min: -Number.MAX_VALUE, max: Number.MAX_VALUE });
        return;
      }
      context.answer('Some points of this run cannot be read; the file has the others and what is drawn of these.');
    }
    saving = undefined;
    asked = undefined;
    context.post({
      type: 'save',
      name: `${context.model.run.record.name}-${metric}.csv`,
      text: seriesCsv(metric, series()),
    });
  }

  function inWords(row: ReadingRow): string {
    const seed = row.seed === undefined ? '' : ` seed ${row.seed}`;
    return `${row.arm}${seed} ${formatNumber(row.smoothed ?? row.value)}`;
  }

  function render(): void {
    const { aggregation, smoothing } = context.ui;
    const scales = logarithmic();
    const single = isSingleNumber(series(), context.model.run);
    const options = { aggregation, smoothing, logarithmic: scales.values };
    if (!metricLines || refined !== refinements() || !sameOptions(metricLines, options)) {
      metricLines = createMetricLines(armNames(), options);
      refined = refinements();
    }
    metricLines.update(series());

    logSteps.set(scales.steps);
    logValues.set(scales.values);
    const asTable = metricUi().table;
    logSteps.element.hidden = single || asTable;
    logValues.element.hidden = asTable;
    zoomTools.hidden = single;
    tableButton.setPressed(asTable);
    tableButton.setLabel(asTable ? 'Show as chart' : 'Show as table');

    // Shown before it is drawn, so that it has a size.
    const nothing = whyNothing();
    surface.hidden = single || asTable || nothing !== undefined;
    finalPlot.hidden = !single || asTable || nothing !== undefined;
    tablePart.hidden = !asTable || nothing !== undefined;
    drawn = undefined;
    let undrawable: string | undefined;
    if (nothing === undefined) {
      if (asTable) table.show(tableContents());
      else if (single) renderFinal();
      else if (!renderPlot()) undrawable = 'No step is above zero: a logarithmic axis has no place for them.';
    }
    if (undrawable) surface.hidden = true;
    empty.hidden = nothing === undefined && undrawable === undefined;
    setText(empty, nothing ?? undrawable ?? '');
    help.hidden = surface.hidden;
    zoomTools.hidden ||= surface.hidden;
    copyButton.element.hidden = surface.hidden && finalPlot.hidden;
    badges.replaceChildren(
      ...(nothing ? [] : describeDrawn(single)).map((text) => html('span', { class: 'badge' }, text)),
    );
    showReading();
  }

  /** Why there is nothing to draw, and what to do about it. */
  function whyNothing(): string | undefined {
    const all = series().filter((one) => one.length > 0);
    if (all.length === 0) {
      return isActive(context.model.run.status)
        ? `No points yet. They are drawn as soon as a trial logs “${metric}”.`
        : `No trial logged “${metric}”.`;
    }
    if (all.every((one) => isHidden(one.arm)))
      return 'Every arm with points is switched off. Switch one on in the legend above.';
    return undefined;
  }

  /** @returns whether there was anything to draw. */
  function renderPlot(): boolean {
    const scales = logarithmic();
    drawn = plot.draw({
      lines: visibleLines(),
      series: visibleSeries(),
      styles: context.styles,
      theme: context.theme,
      stepName,
      logarithmicSteps: scales.steps,
      logarithmicValues: scales.values,
      chosen: metricUi().zoom,
    });
    setAttribute(surface, 'aria-label', `${metric} over ${stepName}. ${latestInWords()}`);
    if (drawn) {
      const hidden = hiddenIn(drawn.steps);
      if (hidden > 0 && hidden <= readAtOnce) ask(drawn.steps);
    }
    return drawn !== undefined;
  }

  /** The last value of every arm, for those who do not see the lines. */
  function latestInWords(): string {
    if (!drawn) return '';
    const rows = visibleLines().map((line) => `${line.arm} ${formatNumber(line.centre.drawn[line.length - 1]!)}`);
    return context.ui.aggregation === 'seeds' ? '' : `Latest: ${rows.join(', ')}.`;
  }

  function finalArms() {
    return context.arms
      .filter((arm) => !isHidden(arm.name))
      .map(({ name }) => ({
        name,
        style: context.styles.get(name)!,
        values: visibleSeries()
          .filter((one) => one.arm === name)
          .map((one) => one.values[one.length - 1]!),
      }))
      .filter((arm) => arm.values.length > 0);
  }

  function renderFinal(): void {
    const arms = finalArms();
    const width = element.clientWidth - 26;
    finalPlot.style.height = `${heightOfFinalPlot(arms.length)}px`;
    if (width > 0) {
      drawFinalPlot(finalCanvas, width, {
        arms,
        aggregation: context.ui.aggregation,
        logarithmic: logarithmic().values,
        theme: context.theme,
      });
    }
    const words = arms.map(
      (arm) => `${arm.name} ${describeSummary(summariseFinal(arm.values, context.ui.aggregation))}`,
    );
    setAttribute(finalPlot, 'aria-label', `${metric} of each arm: ${words.join('; ')}.`);
  }

  /** What the picture leaves out or marks, in words. */
  function describeDrawn(single: boolean): string[] {
    const words: string[] = [];
    const shown = visibleSeries();
    const hidden = hiddenIn({});
    const logged = shown.reduce((sum, one) => sum + one.length, hidden);
    if (single) {
      words.push(`${formatAmount(logged, 'trial')} drawn`);
    } else if (drawn) {
      const things = { median: 'medians', error: 'means', interval: 'means', seeds: 'points' }[context.ui.aggregation];
      const each = context.ui.aggregation === 'seeds';
      const total = drawn.total + (each ? hidden : 0);
      const zoomed = drawn.inView < drawn.total ? ` in view (${formatCount(total)} in all)` : '';
      const unread = hiddenIn(drawn.steps);
      const inView = drawn.inView + (each ? unread : 0);
      words.push(`Drawn ${formatCount(drawn.points)} of ${formatCount(inView)} ${things}${zoomed}`);
      if (!each) words.push(`from ${formatAmount(logged, 'point')}`);
      if (unread > readAtOnce) {
        const drawnOf = each ? 'the lowest, the highest and the last' : 'the last';
        words.push(`of each stretch ${drawnOf} is drawn: zoom in, and every point is`);
      }
    }
    const scales = logarithmic();
    const odd = countOdd(shown, scales.values);
    if (odd.nan > 0) words.push(`${formatCount(odd.nan)} NaN, marked ✕`);
    if (odd.infinite > 0) words.push(`${formatCount(odd.infinite)} infinite, marked ▲ or ▼`);
    if (odd.low > 0) words.push(`${formatCount(odd.low)} at zero or below, marked ▼: no place on a logarithmic axis`);
    if (scales.steps && !single) {
      const early = shown.reduce((sum, { steps, length }) => sum + upperBound(steps, 0, 0, length), 0);
      if (early > 0)
        words.push(`${formatAmount(early, 'point')} at ${stepName} 0 or before: no place on a logarithmic axis`);
    }
    return words;
  }

  function showReading(): void {
    const reading = cursor && drawn ? readAt(visibleLines(), cursor.step, logarithmic().steps) : undefined;
    const area = plot.area;
    interaction.showCursor(reading?.step);
    const { steps } = drawn ?? {};
    readout.hidden = !reading || !area || !steps || reading.step < steps.min || reading.step > steps.max;
    if (readout.hidden || !reading || !area) return;
    const aim = cursor?.value;
    const nearness = (row: ReadingRow) => (aim === undefined ? 0 : Math.abs((row.smoothed ?? row.value) - aim));
    const rows =
      reading.rows.length > readingRows
        ? [...reading.rows].sort((a, b) => nearness(a) - nearness(b)).slice(0, readingRows)
        : reading.rows;
    readout.replaceChildren(
      html('p', { class: 'readout-step' }, `${stepName} ${formatNumber(reading.step, 6)}`),
      html('table', {}, html('tbody', {}, ...rows.map((row) => readingRow(row, reading.step)))),
      ...(rows.length < reading.rows.length
        ? [html('p', { class: 'aside' }, `nearest ${rows.length} of ${reading.rows.length}`)]
        : []),
    );
    // On the side of the reading line where there is more room, and never out of the card.
    const place = plot.pixelOf('steps', reading.step);
    const wanted = place > (area.left + area.right) / 2 ? place - 10 - readout.offsetWidth : place + 10;
    const left = Math.max(0, Math.min(wanted, surface.clientWidth - readout.offsetWidth));
    readout.style.transform = `translate(${left}px, 8px)`;
  }

  function readingRow(row: ReadingRow, step: number): HTMLTableRowElement {
    const name = row.seed === undefined ? row.arm : `${row.arm} #${row.seed}`;
    const band = row.band;
    const range =
      band && band.seeds > 1 && Number.isFinite(band.low)
        ? `${formatNumber(band.low, 3)} … ${formatNumber(band.high, 3)}`
        : '';
    const elsewhere = row.step === step ? '' : `at ${formatNumber(row.step)}`;
    return html(
      'tr',
      {},
      html('td', {}, swatch(context.styles.get(row.arm)!)),
      html('td', {}, name),
      html('td', { class: 'number' }, formatNumber(row.value)),
      html('td', { class: 'number' }, row.smoothed === undefined ? '' : `smoothed ${formatNumber(row.smoothed)}`),
      html('td', { class: 'number aside' }, range),
      html('td', { class: 'aside' }, band ? `n = ${band.seeds}` : '', elsewhere && ` ${elsewhere}`),
    );
  }

  /** The same as the chart, in rows: a step each, or a trial each for a metric of single numbers. */
  function tableContents(): TableContents & { readonly cells: (row: number) => readonly (string | number)[] } {
    if (isSingleNumber(series(), context.model.run)) {
      const shown = visibleSeries();
      const cells = (row: number) => {
        const { arm, seed, steps, values, length } = shown[row]!;
        return [arm, seed, steps[length - 1]!, values[length - 1]!];
      };
      return {
        caption: `${metric} of each trial`,
        columns: ['arm', 'seed', stepName, metric],
        rows: shown.length,
        cells,
        row: (row) => cells(row).map((cell) => (typeof cell === 'number' ? formatNumber(cell, 6) : cell)),
      };
    }
    const lines = visibleLines();
    const steps = allStepsOf(lines);
    const { aggregation } = context.ui;
    const columns = lines.flatMap((line) => {
      if (!line.band) return [`${line.arm} seed ${line.seed}`];
      return [`${line.arm} ${centreNames[aggregation]}`, `${line.arm} low`, `${line.arm} high`, `${line.arm} seeds`];
    });
    const cells = (row: number) => {
      const step = steps[row]!;
      return [
        step,
        ...lines.flatMap((line): readonly (string | number)[] => {
          const index = indexOfStep(line, step);
          if (index === undefined) return line.band ? ['', '', '', ''] : [''];
          const value = line.centre.raw[index]!;
          if (!line.band) return [value];
          const { low, high, seeds } = line.band.source;
          return [value, low[index]!, high[index]!, seeds[index]!];
        }),
      ];
    };
    const range = bandNames[aggregation] && `; low and high: ${bandNames[aggregation]}`;
    return {
      caption: `${metric} by ${stepName}, not smoothed${range}`,
      columns: [stepName, ...columns],
      rows: steps.length,
      cells,
      row: (row) => cells(row).map((cell) => (typeof cell === 'number' ? formatNumber(cell, 6) : cell || '–')),
    };
  }

  function copyAsPicture(): void {
    const canvas = finalPlot.hidden ? plot.canvas : finalCanvas;
    const arms = finalPlot.hidden
      ? context.arms
          .filter(({ name }) => visibleLines().some((line) => line.arm === name))
          .map(({ name }) => ({ name, style: context.styles.get(name)! }))
      : [];
    const title = unit ? `${metric} (${unit})` : metric;
    void copyPicture(composePicture(canvas, title, arms, context.theme)).then((outcome) => context.answer(outcome));
  }

  return {
    element,
    update() {
      due = true;
      draw();
      saveOnceRead();
    },
    dispose() {
      sight.disconnect();
      plot.dispose();
    },
  };
}

function withoutKey(zoom: Zoom, key: keyof Zoom): Zoom {
  return Object.fromEntries(Object.entries(zoom).filter(([name]) => name !== key));
}

function sameOptions(lines: MetricLines, options: MetricLines['options']): boolean {
  return (
    lines.options.aggregation === options.aggregation &&
    lines.options.smoothing === options.smoothing &&
    lines.options.logarithmic === options.logarithmic
  );
}
