import './dashboard.css';
import { createAnnouncer } from '../announcer.ts';
import { button, progressRing } from '../controls.ts';
import { html } from '../dom.ts';
import { connect } from '../host.ts';
import type { DashboardState, FromDashboard, ToDashboard } from '../messages.ts';
import { followTheme, markContrast, readTheme, type Theme } from '../theme.ts';
import { styleArms } from './arm-style.ts';
import type { DashboardContext } from './context.ts';
import { createDashboardView, type DashboardView } from './dashboard-view.ts';
import { armsOf, createRunModel, type RunModel } from './run-model.ts';
import { freshUi, readUi, type UiState } from './ui-state.ts';

/** Milliseconds after which a view without data says what may be wrong. */
const patience = 8000;
/** Milliseconds between a change of the view and its being persisted. */
const persistDelay = 250;

const page = html('div', { class: 'page' });
const announcer = createAnnouncer();
document.body.append(announcer.element, page);

let theme: Theme = readTheme();
let shown: { readonly model: RunModel; readonly view: DashboardView; restyle(): void } | undefined;

const host = connect<{ in: ToDashboard; out: FromDashboard; state: DashboardState }>((message) => {
  switch (message.type) {
    case 'snapshot':
      show(message);
      break;
    case 'update':
      // Without a snapshot there is nothing to add to; the one asked for will hold this too.
      shown?.model.update(message);
      shown?.view.update();
      break;
    case 'points':
      shown?.model.refine(message.metric, message.series);
      shown?.view.update();
      break;
    case 'failure':
      fail(message.message);
      break;
  }
});

function isState(value: unknown): value is DashboardState {
  return typeof value === 'object' && value !== null && 'runId' in value && 'ui' in value;
}

let left: DashboardState | undefined = isState(host.restored) ? host.restored : undefined;

function show(snapshot: Extract<ToDashboard, { type: 'snapshot' }>): void {
  const place = document.documentElement.scrollTop;
  shown?.view.dispose();
  const model = createRunModel(snapshot);
  const runId = model.run.record.id;
  const arms = armsOf(model.run);
  const again = shown?.model.run.record.id === runId;
  let ui: UiState = left?.runId === runId ? readUi(left.ui) : freshUi;
  let styles = styleArms(arms, theme.background, markContrast(theme));
  let timer: ReturnType<typeof setTimeout> | undefined;
  left = { runId, ui };
  host.persist(left);
  const context: DashboardContext = {
    model,
    arms,
    get theme() {
      return theme;
    },
    get styles() {
      return styles;
    },
    get ui() {
      return ui;
    },
    changeUi(change) {
      ui = { ...ui, ...change };
      const state = { runId, ui };
      left = state;
      view.redraw();
      clearTimeout(timer);
      timer = setTimeout(() => host.persist(state), persistDelay);
    },
    post: (message) => host.post(message),
    say: (text) => announcer.say(text),
    answer: (text) => announcer.answer(text),
  };
  const view = createDashboardView(context);
  shown = {
    model,
    view,
    restyle() {
      styles = styleArms(arms, theme.background, markContrast(theme));
      view.redraw();
    },
  };
  page.replaceChildren(view.element);
  view.update();
  // A snapshot of the run that is on show already, e.g. after a trial began afresh: it stays where it was.
  if (again) requestAnimationFrame(() => (document.documentElement.scrollTop = place));
}

function fail(reason: string): void {
  shown?.view.dispose();
  shown = undefined;
  const again = button('Try again', () => {
    wait();
    host.post({ type: 'ready' });
  });
  page.replaceChildren(
    html(
      'main',
      { class: 'notice' },
      html('h1', {}, 'This run cannot be shown'),
      html('p', { role: 'alert' }, reason),
      again.element,
    ),
  );
}

function wait(): void {
  const words = html('p', {}, 'Reading the run…');
  page.replaceChildren(
    html(
      'main',
      { class: 'notice' },
      html('h1', { class: 'only-heard' }, 'Run dashboard'),
      progressRing('Reading the run'),
      words,
    ),
  );
  setTimeout(() => {
    words.textContent =
      'Still waiting for the extension. If nothing comes, close this tab and open the run again from the list of runs.';
  }, patience);
}

followTheme((now) => {
  theme = now;
  shown?.restyle();
});
wait();
host.post({ type: 'ready' });
