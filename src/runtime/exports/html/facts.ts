import type { RunError } from '../../runs/events.ts';
import type { RunRecord } from '../../runs/record.ts';
import type { RunState } from '../../runs/state.ts';
import type { Parameter } from '../../sdk/parameters.ts';
import { escapeText } from './escape.ts';
import { writeAmount, writeCount, writeDuration } from './number.ts';

/** The parameters as the run used them; those that differ from their defaults are marked. */
export function parametersTable({ params, experiment }: RunRecord): string {
  const declared = experiment.description.params;
  const rows = Object.entries(params).map(([name, value]) => {
    const parameter = declared[name];
    const changed = parameter !== undefined && parameter.default !== value;
    const mark = changed ? ` <span class="unit">default ${escapeText(String(parameter.default))}</span>` : '';
    return (
      `<tr><th scope="row"><code>${escapeText(name)}</code></th><td${changed ? ' class="strong"' : ''}>${escapeText(String(value))}${mark}</td>` +
      `<td>${parameter === undefined ? '' : escapeText(rangeOf(parameter))}</td><td class="text">${escapeText(parameter?.about ?? '')}</td></tr>`
    );
  });
  if (rows.length === 0) return '<p class="quiet">The experiment declares none.</p>';
  return (
    '<div class="scroll" tabindex="0" role="group" aria-label="Parameters"><table><caption class="hidden">Parameters of the run</caption>' +
    '<thead><tr><th scope="col">name</th><th scope="col">value</th><th scope="col">may be</th><th scope="col">meaning</th></tr></thead>' +
    `<tbody>${rows.join('')}</tbody></table></div>`
  );
}

function rangeOf(parameter: Parameter): string {
  switch (parameter.type) {
    case 'int':
    case 'float':
      return `${parameter.min} to ${parameter.max}`;
    case 'choice':
      return parameter.choices.join(', ');
    case 'flag':
      return 'true, false';
  }
}

/** What became of the trials: in a sentence, and of each in a table. */
export function trialsSummary({ trials }: RunState): string {
  const rows = trials.map(({ arm, seed, status, seconds, attempt, error }) => {
    const again = attempt > 1 ? ` <span class="unit">attempt ${attempt}</span>` : '';
    return (
      `<tr><th scope="row">${escapeText(arm)}</th><td>${seed}</td><td class="text">${status}${again}</td>` +
      `<td>${seconds === undefined ? '–' : writeDuration(seconds)}</td><td class="text">${error === undefined ? '' : escapeText(error.message)}</td></tr>`
    );
  });
  const outcomes = new Map<string, number>();
  for (const { status } of trials) outcomes.set(status, (outcomes.get(status) ?? 0) + 1);
  const sentence = [...outcomes].map(([status, count]) => `${writeCount(count)} ${status}`).join(', ');
  // Unfolded where there is something to find.
  const open = trials.some(({ status, attempt }) => status !== 'completed' || attempt > 1) ? ' open' : '';
  return (
    `<p>${writeAmount(trials.length, 'trial')}: ${sentence}.</p><details${open}><summary>Every trial</summary>` +
    '<div class="scroll" tabindex="0" role="group" aria-label="Trials"><table><caption class="hidden">Trials of the run</caption>' +
    '<thead><tr><th scope="col">arm</th><th scope="col">seed</th><th scope="col">outcome</th><th scope="col">time</th><th scope="col">error</th></tr></thead>' +
    `<tbody>${rows.join('')}</tbody></table></div></details>`
  );
}

/** What the run ran on and with. The machine's name and paths are left out, since reports are passed on. */
export function environmentList(record: RunRecord): string {
  const { backend, machine, versions, git, limits, experiment } = record;
  const facts: readonly (readonly [string, string])[] = [
    ['Run', record.id],
    ['Started', writeTime(record.created)],
    ['Backend', `${backend.name} ${backend.version}`.trim() + (backend.reason === '' ? '' : ` (${backend.reason})`)],
    ['Marginalia', versions.marginalia],
    ['Node', versions.node],
    [
      'Machine',
      `${machine.cpu}, ${writeAmount(machine.cores, 'core')}, ${writeCount(machine.memoryMegabytes)} MB, ${machine.platform}`,
    ],
    ['Trials side by side', String(record.jobs)],
    ...(backend.name === 'none' ? [] : [["Engine's threads in each trial", String(record.threads)] as const]),
    ['Limits', `${writeCount(limits.memoryMegabytes)} MB and ${writeDuration(limits.trialSeconds)} a trial`],
    ['Git', git === null ? 'not in a repository' : `${git.commit}${git.dirty ? ', with uncommitted changes' : ''}`],
    ['Experiment', experiment.file.split(/[\\/]/).at(-1)!],
    ['SHA-256 of what ran', experiment.hash],
  ];
  return `<dl>${facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${escapeText(value)}</dd></div>`).join('')}</dl>`;
}

/** `2026-01-31 14:05 UTC`; the text itself where it is no time. */
export function writeTime(text: string): string {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? text : `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** What made the run fail, with the place in the experiment. */
export function errorBox({ message, stack, file, line, column }: RunError): string {
  const name = file?.split(/[\\/]/).at(-1);
  const place = name === undefined ? '' : [name, line, column].filter((part) => part !== undefined).join(':');
  return (
    `<section class="error" aria-labelledby="error"><h2 id="error">The run failed</h2><p>${escapeText(message)}</p>` +
    (place === '' ? '' : `<p class="quiet">at <code>${escapeText(place)}</code></p>`) +
    (stack === undefined
      ? ''
      : `<details><summary>Stack</summary><pre tabindex="0">${escapeText(stack)}</pre></details>`) +
    '</section>'
  );
}
