import { html } from '../dom.ts';
import { formatNumber } from '../format.ts';
import type { RunRecord } from '../../runtime/runs/record.ts';
import type { Parameter } from '../../runtime/sdk/parameters.ts';

function write(value: number | string | boolean | undefined): string {
  if (value === undefined) return '–';
  return typeof value === 'number' ? formatNumber(value, 6) : String(value);
}

/** What a parameter may be, in words. */
export function describeRange(parameter: Parameter): string {
  switch (parameter.type) {
    case 'int':
    case 'float':
      return `${parameter.type === 'int' ? 'whole ' : ''}${formatNumber(parameter.min, 6)} to ${formatNumber(parameter.max, 6)}`;
    case 'choice':
      return parameter.choices.join(', ');
    case 'flag':
      return 'true, false';
  }
}

/** The parameters that the run was started with, those that were turned marked. */
export function createParametersTab(record: RunRecord): HTMLElement {
  const declared = Object.entries(record.experiment.description.params);
  const rows = declared.map(([name, parameter]) => {
    const value = record.params[name];
    const turned = value !== undefined && value !== parameter.default;
    return html(
      'tr',
      {},
      html('th', { scope: 'row' }, html('code', {}, name)),
      html('td', { class: 'number' }, write(value), turned && html('span', { class: 'badge turned' }, 'changed')),
      html('td', { class: 'number' }, write(parameter.default)),
      html('td', {}, describeRange(parameter)),
      html('td', {}, parameter.about),
    );
  });
  if (rows.length === 0) {
    return html(
      'section',
      { 'aria-label': 'Parameters' },
      html('p', { class: 'empty' }, 'This experiment declares no parameters.'),
    );
  }
  return html(
    'section',
    { 'aria-label': 'Parameters' },
    html(
      'div',
      { class: 'table-scroller', tabindex: 0, role: 'group', 'aria-label': 'Parameters' },
      html(
        'table',
        { class: 'data' },
        html('caption', {}, 'Parameters of this run'),
        html(
          'thead',
          {},
          html(
            'tr',
            {},
            ...['Parameter', 'Value', 'Default', 'May be', 'What it is'].map((heading) =>
              html('th', { scope: 'col' }, heading),
            ),
          ),
        ),
        html('tbody', {}, ...rows),
      ),
    ),
  );
}
