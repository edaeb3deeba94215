import { button, dropdown } from '../controls.ts';
import { html, setAttribute, setText, uniqueId } from '../dom.ts';
import { formatAmount, formatNumber } from '../format.ts';
import { onNextFrame } from '../frame.ts';
import type { Figure } from '../../runtime/sdk/figure.ts';
import type { Theme } from '../theme.ts';
import { composePicture, copyPicture } from './canvas.ts';
import type { DashboardContext } from './context.ts';
import { csv } from './csv.ts';
import { type DrawnFigure, drawFigure, heightOfFigure, stylesOfLayers, valueUnder } from './figure.ts';
import { rowsOfFigure, valuesOf } from './figure-geometry.ts';
import { createPagedTable } from './paged-table.ts';
import { partsOfTrial } from './run-model.ts';
import { layerSwatch } from './swatch.ts';

export interface FigureCard {
  readonly element: HTMLElement;
  update(): void;
  dispose(): void;
}

/** A figure that trials draw: of which trial is chosen above it. */
export function createFigureCard(context: DashboardContext, name: string): FigureCard {
  const headingId = uniqueId('figure');
  const heading = html('h3', { id: headingId });
  const canvas = html('canvas', { 'aria-hidden': 'true' });
  const picture = html('div', { class: 'figure-picture', role: 'img' }, canvas);
  const legend = html('ul', { class: 'figure-legend' });
  const under = html('p', { class: 'aside figure-under' });
  const table = createPagedTable();
  const tablePart = html('div', { class: 'table-part', hidden: true }, table.element);
  let labelled: Figure | undefined;
  let shown: Figure | undefined;
  let shownTheme: Theme | undefined;
  let drawn: DrawnFigure | undefined;
  let asTable = false;
  let inView = false;
  let due = true;

  const trials = () => context.model.figures.get(name) ?? new Map<string, never>();
  /** Arms and seeds of which there is a figure: arms as listed everywhere, seeds ascending. */
  const available = () => {
    const seeds = new Map<string, number[]>();
    for (const arm of context.arms) seeds.set(arm.name, []);
    for (const trial of trials().keys()) {
      const parts = partsOfTrial(trial);
      seeds.set(
        parts.arm,
        [...(seeds.get(parts.arm) ?? []), parts.seed].sort((a, b) => a - b),
      );
    }
    return new Map([...seeds].filter(([, own]) => own.length > 0));
  };
  const chosen = () => {
    const seeds = available();
    const wanted = context.ui.figures[name];
    const arm = wanted && seeds.has(wanted.arm) ? wanted.arm : [...seeds.keys()][0];
    const own = seeds.get(arm ?? '') ?? [];
    const seed = wanted && own.includes(wanted.seed) ? wanted.seed : own[0];
    return { arm, seed };
  };
  const choose = (arm: string | undefined, seed: number | undefined) => {
    if (arm === undefined || seed === undefined) return;
    context.changeUi({ figures: { ...context.ui.figures, [name]: { arm, seed } } });
  };
  const armChoice = dropdown('Arm', [], '', (arm) => choose(arm, chosen().seed));
  const seedChoice = dropdown('Seed', [], '', (seed) => choose(chosen().arm, Number(seed)));
  const tableButton = button(
    'Show as table',
    () => {
      asTable = !asTable;
      shown = undefined;
      api.update();
    },
    { picture: 'table' },
  );
  const saveButton = button(
    'Save all values as CSV',
    () => {
      if (!shown) return;
      const columns = ['layer', shown.x.label, shown.y.label, 'value'];
      context.post({
        type: 'save',
        name: `${context.model.run.record.name}-${name}-${chosen().arm}-${chosen().seed}.csv`,
        text: csv([columns, ...rowsOfFigure(shown)]),
      });
    },
    { picture: 'save' },
  );
  const copyButton = button(
    'Copy as picture',
    () => {
      const title = `${shown?.title ?? name} (${chosen().arm}, seed ${chosen().seed})`;
      void copyPicture(composePicture(canvas, title, [], context.theme)).then((outcome) => context.answer(outcome));
    },
    { picture: 'picture' },
  );
  const element = html(
    'article',
    { class: 'card figure', 'aria-labelledby': headingId },
    html(
      'header',
      {},
      html('div', { class: 'metric-title' }, heading),
      html(
        'div',
        { class: 'tools', role: 'group', 'aria-label': `View of ${name}` },
        html('span', { class: 'tool-group' }, armChoice.element, seedChoice.element),
        html('span', { class: 'tool-group' }, tableButton.element, saveButton.element, copyButton.element),
      ),
    ),
    picture,
    tablePart,
    legend,
    under,
  );

  const draw = onNextFrame(() => {
    if (!inView) return;
    due = false;
    render();
  });
  const sight = new IntersectionObserver((entries) => {
    inView = entries.some((entry) => entry.isIntersecting);
    if (inView && due) draw();
  });
  sight.observe(element);
  const size = new ResizeObserver(() => {
    shown = undefined;
    due = true;
    draw();
  });
  size.observe(element);

  picture.addEventListener('pointermove', (event) => {
    const bounds = canvas.getBoundingClientRect();
    const position = drawn?.positionAt(event.clientX - bounds.left, event.clientY - bounds.top);
    if (!shown || !position) {
      setText(under, '');
      return;
    }
    const value = valueUnder(shown, position);
    const place = (axis: 'x' | 'y') =>
      shown?.[axis].categories?.[Math.round(position[axis])] ?? formatNumber(position[axis], 3);
    setText(
      under,
      `${shown.x.label} ${place('x')}, ${shown.y.label} ${place('y')}${value === undefined ? '' : `: ${formatNumber(value)}`}`,
    );
  });
  picture.addEventListener('pointerleave', () => setText(under, ''));

  /** What the card shows, in words: also where it is out of view and therefore not drawn. */
  function label(): void {
    const { arm, seed } = chosen();
    const view = trials().get(`${arm}#${seed}`);
    if (!view || arm === undefined || seed === undefined || view.figure === labelled) return;
    labelled = view.figure;
    setText(heading, labelled.title);
    setAttribute(picture, 'aria-label', describeFigure(labelled, arm, seed));
  }

  function render(): void {
    const { arm, seed } = chosen();
    const view = trials().get(`${arm}#${seed}`);
    if (!view || arm === undefined || seed === undefined) return;
    const seeds = available();
    armChoice.setOptions([...seeds.keys()].map((value) => ({ value, label: value })));
    seedChoice.setOptions((seeds.get(arm) ?? []).map((value) => ({ value: String(value), label: String(value) })));
    armChoice.set(arm);
    seedChoice.set(String(seed));
    if (view.figure === shown && context.theme === shownTheme) return;
    shown = view.figure;
    shownTheme = context.theme;
    const { figure } = view;
    tableButton.setPressed(asTable);
    tableButton.setLabel(asTable ? 'Show as picture' : 'Show as table');
    picture.hidden = asTable;
    legend.hidden = asTable;
    copyButton.element.hidden = asTable;
    tablePart.hidden = !asTable;
    if (asTable) {
      const rows = rowsOfFigure(figure);
      table.show({
        caption: `${figure.title}, ${arm}, seed ${seed}`,
        columns: ['Layer', figure.x.label, figure.y.label, 'Value'],
        rows: rows.length,
        row: (index) => rows[index]!.map((cell) => (typeof cell === 'number' ? formatNumber(cell) : cell)),
      });
      return;
    }
    const width = element.clientWidth - 26;
    if (width <= 0) return;
    drawn = drawFigure(canvas, width, heightOfFigure(figure, width), figure, context.theme);
    const styles = stylesOfLayers(figure, context.theme);
    legend.replaceChildren(
      ...figure.layers.flatMap((layer, index) =>
        valuesOf(layer) ? [] : [html('li', {}, layerSwatch(layer.type, styles[index]!), layer.label)],
      ),
    );
  }

  const api: FigureCard = {
    element,
    update() {
      label();
      due = true;
      draw();
    },
    dispose() {
      sight.disconnect();
      size.disconnect();
    },
  };
  return api;
}

function describeFigure(figure: Figure, arm: string, seed: number): string {
  const rows = rowsOfFigure(figure).length;
  const layers = figure.layers.map((layer) => layer.label).join(', ');
  return `${figure.title} of ${arm}, seed ${seed}: ${layers} over ${figure.x.label} and ${figure.y.label}; ${formatAmount(rows, 'value')}, which the table lists.`;
}
