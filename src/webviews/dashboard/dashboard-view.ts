import { html } from '../dom.ts';
import { formatAmount } from '../format.ts';
import { onNextFrame } from '../frame.ts';
import { createTabs } from '../tabs.ts';
import { createConsoleTab } from './console-tab.ts';
import type { DashboardContext } from './context.ts';
import { createEnvironmentTab } from './environment-tab.ts';
import { createParametersTab } from './parameters-tab.ts';
import { createResultsTab } from './results-tab.ts';
import { createRunHeader } from './run-header.ts';
import { describeError, createTrialsTab } from './trials-tab.ts';
import { createVerdictCard } from './verdict-card.ts';

export interface DashboardView {
  readonly element: HTMLElement;
  /** Takes in what the model has gained. */
  update(): void;
  /** Draws again after a change of theme or of how the view is left. */
  redraw(): void;
  dispose(): void;
}

/** The whole dashboard of one run. */
export function createDashboardView(context: DashboardContext): DashboardView {
  const { record } = context.model.run;
  const header = createRunHeader(context);
  const problems = html('div', { class: 'problems' });
  const verdict = createVerdictCard();
  const results = createResultsTab(context);
  const trials = createTrialsTab(context);
  const consoleTab = createConsoleTab(context);
  const tabs = createTabs(
    'Run',
    [
      { id: 'results', label: 'Results', panel: html('div', {}, results.element) },
      { id: 'trials', label: 'Trials', panel: html('div', {}, trials.element) },
      { id: 'console', label: 'Console', panel: html('div', {}, consoleTab.element) },
      { id: 'parameters', label: 'Parameters', panel: html('div', {}, createParametersTab(record)) },
      { id: 'environment', label: 'Environment', panel: html('div', {}, createEnvironmentTab(record)) },
    ],
    context.ui.tab,
    (tab) => {
      context.changeUi({ tab });
    },
  );
  const element = html(
    'div',
    { class: 'dashboard' },
    header.element,
    html('main', {}, problems, verdict.element, tabs.element),
  );
  let shownProblems = '[]';

  function showProblems(): void {
    const { run } = context.model;
    const key = JSON.stringify([run.error, run.warnings, run.status === 'interrupted']);
    if (key === shownProblems) return;
    shownProblems = key;
    const parts: HTMLElement[] = [];
    if (run.error) {
      const block = html('div', { class: 'problem error', role: 'alert' }, html('strong', {}, 'The run failed. '));
      for (const part of describeError(run.error, context)) if (part) block.append(part as Node | string);
      parts.push(block);
    }
    if (run.status === 'interrupted') {
      const words =
        'Its process is gone without having said why: closed, killed or crashed. All points up to then are kept.';
      parts.push(html('div', { class: 'problem' }, html('strong', {}, 'The run was interrupted. '), words));
    }
    if (run.warnings.length > 0) {
      parts.push(
        html(
          'details',
          { class: 'problem', open: run.warnings.length <= 3 },
          html('summary', {}, formatAmount(run.warnings.length, 'warning')),
          html('ul', {}, ...run.warnings.map((warning) => html('li', {}, warning))),
        ),
      );
    }
    problems.replaceChildren(...parts);
  }

  // Many updates may come in a frame; they are shown once.
  const show = onNextFrame(() => {
    header.update();
    showProblems();
    verdict.update(context.model.run);
    const { run } = context.model;
    const failed = run.trials.filter((trial) => trial.status === 'failed').length;
    tabs.setLabel('trials', failed > 0 ? `Trials (${failed} failed)` : 'Trials');
    results.update();
    trials.update();
    consoleTab.update();
  });
  const redraw = onNextFrame(() => {
    results.update();
    trials.update();
  });
  return {
    element,
    update: show,
    redraw,
    dispose() {
      header.dispose();
      results.dispose();
    },
  };
}
