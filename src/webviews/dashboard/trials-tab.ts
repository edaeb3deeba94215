import { link } from '../controls.ts';
import { type Content, html, setText } from '../dom.ts';
import { formatDuration, formatShare } from '../format.ts';
import type { TrialView } from '../messages.ts';
import type { RunError } from '../../runtime/runs/events.ts';
import type { DashboardContext } from './context.ts';
import { describeStatus } from './run-model.ts';
import { swatch } from './swatch.ts';

export interface TrialsTab {
  readonly element: HTMLElement;
  update(): void;
}

/** What went wrong and where, with a link to the line. */
export function describeError(error: RunError, context: DashboardContext): Content[] {
  const { line, file } = error;
  const name = file?.split(/[\\/]/).pop() ?? 'source';
  return [
    html('span', { class: 'error-message' }, error.message),
    ' ',
    line !== undefined && link(`${name}:${line}`, () => context.post({ type: 'open-source', line })),
    error.stack !== undefined &&
      html('details', {}, html('summary', {}, 'Stack'), html('pre', { class: 'stack', tabindex: 0 }, error.stack)),
  ];
}

interface Row {
  readonly element: HTMLTableRowElement;
  /** Its cell for what went wrong. */
  readonly error: HTMLElement;
  update(trial: TrialView): void;
}

function createRow(context: DashboardContext, trial: TrialView): Row {
  const status = html('span');
  const progress = html('td', { class: 'number' });
  const time = html('td', { class: 'number' });
  const error = html('td', { class: 'trial-error' });
  const sample = html('span', { class: 'chip-sample' });
  let styles: DashboardContext['styles'] | undefined;
  let shownError: RunError | undefined;
  return {
    error,
    element: html(
      'tr',
      {},
      html('th', { scope: 'row' }, html('span', { class: 'arm-name' }, sample, trial.arm)),
      html('td', { class: 'number' }, trial.seed),
      html('td', {}, status),
      progress,
      time,
      error,
    ),
    update(now) {
      const style = context.styles.get(now.arm);
      if (styles !== context.styles && style) sample.replaceChildren(swatch(style));
      styles = context.styles;
      setText(status, describeStatus(now.status));
      status.className = `status ${now.status}`;
      setText(progress, now.status === 'waiting' ? '' : formatShare(now.share));
      setText(time, now.seconds === undefined ? '' : formatDuration(now.seconds));
      if (JSON.stringify(now.error) === JSON.stringify(shownError)) return;
      shownError = now.error;
      error.replaceChildren();
      if (now.error)
        for (const part of describeError(now.error, context)) if (part) error.append(part as Node | string);
    },
  };
}

/** A row a trial: its arm and seed, its state, how far it is, how long it took, and what went wrong. */
export function createTrialsTab(context: DashboardContext): TrialsTab {
  const body = html('tbody');
  const errorHeading = html('th', { scope: 'col' }, 'Error');
  const rows = new Map<string, Row>();
  const element = html(
    'section',
    { 'aria-label': 'Trials' },
    html(
      'div',
      { class: 'table-scroller', tabindex: 0, role: 'group', 'aria-label': 'Trials' },
      html(
        'table',
        { class: 'data' },
        html('caption', {}, 'A trial is one arm with one seed.'),
        html(
          'thead',
          {},
          html(
            'tr',
            {},
            ...['Arm', 'Seed', 'State', 'Done', 'Time'].map((name) => html('th', { scope: 'col' }, name)),
            errorHeading,
          ),
        ),
        body,
      ),
    ),
  );
  return {
    element,
    update() {
      for (const trial of context.model.run.trials) {
        let row = rows.get(trial.trial);
        if (!row) {
          row = createRow(context, trial);
          rows.set(trial.trial, row);
          body.append(row.element);
        }
        row.update(trial);
      }
      // A run in which all goes well has no use for the column.
      const failed = context.model.run.trials.some((trial) => trial.error !== undefined);
      errorHeading.hidden = !failed;
      for (const row of rows.values()) row.error.hidden = !failed;
    },
  };
}
