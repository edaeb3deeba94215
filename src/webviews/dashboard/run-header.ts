import { button, link } from '../controls.ts';
import { html, setAttribute, setText } from '../dom.ts';
import { formatAmount, formatCount, formatDuration, formatShare } from '../format.ts';
import type { RunStatus } from '../messages.ts';
import type { DashboardContext } from './context.ts';
import { describeStatus, hasEnded, isActive, isResumable } from './run-model.ts';

export interface RunHeader {
  readonly element: HTMLElement;
  update(): void;
  dispose(): void;
}

const whyUntrusted = 'This workspace is not trusted, so nothing can be run or stopped from here. Trust it to do so.';

/** Question, paper, status with progress and time, and what can be done with the run. */
export function createRunHeader(context: DashboardContext): RunHeader {
  const { record } = context.model.run;
  const { description } = record.experiment;
  const status = html('span', { class: 'status' });
  const progressBar = html('div', {
    class: 'progress',
    role: 'progressbar',
    'aria-label': 'Progress of the run',
    'aria-valuemin': 0,
    'aria-valuemax': 100,
  });
  const filled = html('div', { class: 'progress-filled' });
  progressBar.append(filled);
  const name = html('span');
  const tags = html('ul', { class: 'tags', 'aria-label': 'Tags' });
  const note = html('p', { class: 'note' });
  const progressWords = html('span', { class: 'progress-words' });

  // Asked for here and not yet seen in the run folder: the button answers at once.
  let asked: 'stop' | 'pause' | 'resume' | undefined;
  let startedAgain = false;
  let receivedAt = performance.now();
  let lastStatus: RunStatus | undefined;
  let lastTenth = -1;
  let shownTags = '';

  const ask = (what: 'stop' | 'pause' | 'resume') => {
    asked = what;
    context.post({ type: what });
    render();
  };
  const pause = button('Pause', () => ask(context.model.run.status === 'paused' ? 'resume' : 'pause'));
  const stop = button('Stop', () => ask('stop'));
  const goOn = button('Resume', () => ask('resume'));
  const runAgain = button(
    'Run again',
    () => {
      context.post({ type: 'run-again' });
      startedAgain = true;
      render();
      // Long enough that a double click starts one run.
      setTimeout(() => {
        startedAgain = false;
        render();
      }, 2000);
    },
    { kind: 'primary' },
  );
  const openSource = button('Open source', () => context.post({ type: 'open-source' }));
  const openFolder = button('Open folder', () => context.post({ type: 'open-folder' }));

  const element = html(
    'header',
    { class: 'run-header' },
    html(
      'p',
      { class: 'aside' },
      link(context.model.paperTitle ?? description.paper, () => context.post({ type: 'open-paper' })),
      html('span', {}, ' · '),
      name,
      html('span', {}, ' · '),
      html('time', { datetime: record.created }, new Date(record.created).toLocaleString()),
    ),
    html('h1', {}, description.question),
    tags,
    note,
    html('div', { class: 'status-line' }, status, progressBar, progressWords),
    html(
      'div',
      { class: 'actions', role: 'group', 'aria-label': 'Run' },
      pause.element,
      stop.element,
      goOn.element,
      runAgain.element,
      openSource.element,
      openFolder.element,
    ),
  );

  function render(): void {
    const { run, trusted } = context.model;
    setText(name, run.labels?.name ?? record.name);
    const written = run.labels?.tags ?? [];
    if (written.join('\n') !== shownTags) {
      shownTags = written.join('\n');
      tags.replaceChildren(...written.map((tag) => html('li', { class: 'badge' }, tag)));
    }
    tags.hidden = written.length === 0;
    setText(note, run.labels?.note ?? '');
    note.hidden = (run.labels?.note ?? '') === '';
    const active = isActive(run.status);
    const stopping = run.status === 'stopping' || asked === 'stop';
    const shownStatus = active && stopping ? 'stopping' : run.status;
    setText(status, describeStatus(shownStatus));
    status.className = `status ${shownStatus}`;

    const ended = run.trials.filter(hasEnded).length;
    const passing = run.status === 'running' || run.status === 'stopping' || run.status === 'starting';
    const since = passing ? (performance.now() - receivedAt) / 1000 : 0;
    const words = [`${formatCount(ended)} of ${formatAmount(run.trials.length, 'trial')}`];
    if (active) words.push(formatShare(run.share));
    words.push(`${formatDuration(run.elapsedSeconds + since)}${active ? '' : ' in all'}`);
    if (active && run.remainingSeconds !== undefined) {
      words.push(`about ${formatDuration(Math.max(0, Math.ceil(run.remainingSeconds - since)))} left`);
    }
    setText(progressWords, words.join(' · '));
    setAttribute(progressBar, 'aria-valuenow', Math.round(run.share * 100));
    setAttribute(progressBar, 'aria-valuetext', words.join(', '));
    progressBar.className = `progress ${shownStatus}`;
    filled.style.transform = `scaleX(${Math.min(1, Math.max(0, run.share))})`;

    const buttons = [pause, stop, goOn, runAgain];
    const focused = buttons.find(({ element: own }) => own.contains(document.activeElement));
    pause.element.hidden = !active || stopping;
    pause.setLabel(run.status === 'paused' ? 'Resume' : 'Pause');
    pause.setDisabled(!trusted || asked === 'pause' || asked === 'resume', whyUntrusted);
    stop.element.hidden = !active;
    stop.setLabel(stopping ? 'Stop now' : 'Stop');
    stop.setDisabled(!trusted, whyUntrusted);
    goOn.element.hidden = !isResumable(run.status);
    goOn.setDisabled(!trusted || asked === 'resume', trusted ? 'Starting…' : whyUntrusted);
    runAgain.element.hidden = active;
    runAgain.setDisabled(!trusted || startedAgain, trusted ? 'Starting…' : whyUntrusted);
    // A button that goes must not take the focus with it.
    if (focused?.element.hidden) buttons.find(({ element: own }) => !own.hidden)?.element.focus();
  }

  function announce(): void {
    const { run } = context.model;
    const tenth = Math.floor(run.share * 10);
    if (run.status !== lastStatus) {
      const verdict = run.verdict
        ? ` The claim ${run.verdict.verdict === 'inconclusive' ? 'is inconclusive' : run.verdict.verdict}.`
        : '';
      context.say(`Run ${describeStatus(run.status).toLowerCase()}.${verdict}`);
    } else if (run.status === 'running' && tenth > lastTenth && lastTenth >= 0) {
      context.say(`${formatShare(run.share)} done.`);
    }
    lastStatus = run.status;
    lastTenth = tenth;
  }

  // Time passes between messages too.
  const clock = setInterval(() => {
    if (isActive(context.model.run.status)) render();
  }, 1000);
  return {
    element,
    update() {
      receivedAt = performance.now();
      const { status: now } = context.model.run;
      const answered =
        (asked === 'pause' && now !== 'running') ||
        (asked === 'resume' && now !== 'paused' && !isResumable(now)) ||
        (asked === 'stop' && !isActive(now));
      if (answered) asked = undefined;
      announce();
      render();
    },
    dispose: () => clearInterval(clock),
  };
}
