import { html, svg, uniqueId } from '../dom.ts';
import { formatAmount, formatCount, formatNumber } from '../format.ts';
import type { RunView } from '../messages.ts';
import type { CheckedCondition, Verdict } from '../../runtime/runs/events.ts';
import { intervalPlot, requirement } from './interval-plot.ts';
import { hasEnded, isActive } from './run-model.ts';

export interface VerdictCard {
  readonly element: HTMLElement;
  update(run: RunView): void;
}

type VerdictWord = Verdict['verdict'];

const headlines: Readonly<Record<VerdictWord, string>> = {
  holds: 'The claim holds',
  fails: 'The claim fails',
  inconclusive: 'Inconclusive',
};

const explanations: Readonly<Record<VerdictWord, string>> = {
  holds: 'Every condition is met by its value and by its whole interval.',
  fails: 'At least one condition is missed by its value and by its whole interval.',
  inconclusive: 'An interval reaches over its bound. More seeds or a larger budget would narrow it.',
};

const signs: Readonly<Record<VerdictWord, string>> = {
  holds: 'M3.5 8.5L6.8 12L12.8 4.5',
  fails: 'M4 4L12 12M12 4L4 12',
  inconclusive: 'M5.6 5.9a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.2.9-1.2 1.8M8 12.3v.4',
};

/** A check mark, a cross or a question mark in a ring. */
export function verdictSign(verdict: VerdictWord): SVGSVGElement {
  return svg(
    'svg',
    { class: `sign ${verdict}`, viewBox: '0 0 16 16', 'aria-hidden': 'true', focusable: 'false' },
    svg('circle', { cx: 8, cy: 8, r: 7.25 }),
    svg('path', { d: signs[verdict] }),
  );
}

/** Whether the claim held, with the effect and its intervals; until then, what the verdict waits for. */
export function createVerdictCard(): VerdictCard {
  const headingId = uniqueId('verdict');
  const element = html('section', { class: 'card verdict', 'aria-labelledby': headingId });
  let shown: string | undefined;
  return {
    element,
    update(run) {
      const key = JSON.stringify([run.verdict, run.status, run.trials.filter(hasEnded).length]);
      if (key === shown) return;
      shown = key;
      element.className = `card verdict ${run.verdict?.verdict ?? 'open'}`;
      element.replaceChildren(...(run.verdict ? decided(run.verdict, headingId) : undecided(run, headingId)));
    },
  };
}

function undecided(run: RunView, headingId: string): HTMLElement[] {
  const ended = run.trials.filter(hasEnded).length;
  const waiting = isActive(run.status)
    ? `The verdict comes when every trial has ended; ${formatCount(ended)} of ${formatCount(run.trials.length)} so far.`
    : 'This run has no verdict: it takes all arms and seeds of the claim, each trial completed. Run the experiment again to get one.';
  return [
    html('h2', { id: headingId }, 'Claim'),
    html('p', { class: 'statement' }, run.record.experiment.description.statement),
    html('p', { class: 'aside' }, waiting),
  ];
}

function decided(verdict: Verdict, headingId: string): HTMLElement[] {
  return [
    html('h2', { id: headingId, class: 'outcome' }, verdictSign(verdict.verdict), headlines[verdict.verdict]),
    html('p', { class: 'statement' }, verdict.statement),
    html('p', { class: 'aside' }, explanations[verdict.verdict]),
    html(
      'table',
      { class: 'conditions', role: 'table' },
      html(
        'caption',
        {},
        `95 % intervals from ${formatCount(verdict.resamples)} resamples of ${formatAmount(verdict.seeds, 'seed')}, the same seeds for every arm`,
      ),
      html(
        'thead',
        { role: 'rowgroup' },
        html(
          'tr',
          { role: 'row' },
          ...['Condition', 'Value', '95 % interval', 'Required', 'Outcome'].map((heading) =>
            html('th', { scope: 'col', role: 'columnheader' }, heading),
          ),
        ),
      ),
      html('tbody', { role: 'rowgroup' }, ...verdict.conditions.map(conditionRow)),
    ),
  ];
}

function conditionRow(condition: CheckedCondition): HTMLTableRowElement {
  const { label, value, interval, unit, outcome } = condition;
  const cell = (name: string, text: string) =>
    html(
      'td',
      { role: 'cell', class: 'number' },
      html('span', { class: 'cell-name', 'aria-hidden': 'true' }, name),
      text,
    );
  return html(
    'tr',
    { role: 'row' },
    html('th', { scope: 'row', role: 'rowheader' }, html('span', {}, label), intervalPlot(condition)),
    cell('Value', `${formatNumber(value)}${unit === undefined ? '' : ` ${unit}`}`),
    cell('95 % interval', `${formatNumber(interval[0])} to ${formatNumber(interval[1])}`),
    cell('Required', requirement(condition)),
    html(
      'td',
      { role: 'cell', class: `condition-outcome ${outcome}` },
      html('span', { class: 'cell-name', 'aria-hidden': 'true' }, 'Outcome'),
      html('span', { class: 'outcome' }, verdictSign(outcome), outcome),
    ),
  );
}
