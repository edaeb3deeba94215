import type { CheckedCondition, Verdict } from '../../runs/events.ts';
import type { RunState, RunStatus } from '../../runs/state.ts';
import { escapeText } from './escape.ts';
import { intervalPlot } from './interval-plot.ts';
import { writeAmount, writeCount, writeNumber } from './number.ts';

const unfinished = 'The run had not ended when this report was made.';

const headlines: Readonly<Record<Verdict['verdict'], string>> = {
  holds: 'The claim holds',
  fails: 'The claim fails',
  inconclusive: 'Inconclusive',
};

/** Why a run has no verdict. */
const reasons: Readonly<Record<RunStatus, string>> = {
  starting: unfinished,
  running: unfinished,
  stopping: unfinished,
  paused: unfinished,
  completed: 'The run ended without one.',
  stopped: 'The run was stopped before its claim could be checked.',
  failed: 'The run failed before its claim could be checked.',
  interrupted: 'The run was interrupted before its claim could be checked.',
};

const signs: Readonly<Record<Verdict['verdict'], string>> = {
  holds: 'M5 12.5L10 17.5L19 7',
  fails: 'M6.5 6.5L17.5 17.5M17.5 6.5L6.5 17.5',
  inconclusive: 'M5 14c2.5 -5 5 -5 7 -2s4.5 3 7 -2',
};

/** Whether the claim held, with each of its conditions; or that there is no verdict, and where to read why. */
export function verdictSection({ verdict, record, status, warnings }: RunState): string {
  const statement = verdict?.statement ?? record.experiment.description.statement;
  const quoted = statement === '' ? '' : `<blockquote>${escapeText(statement)}</blockquote>`;
  if (verdict === undefined) {
    const see = warnings.length > 0 ? ' <a href="#warnings">Its warnings</a> may say more.' : '';
    return `<section class="verdict none" aria-labelledby="verdict"><h2 id="verdict">No verdict</h2>${quoted}<p>${reasons[status]}${see}</p></section>`;
  }
  return (
    `<section class="verdict ${verdict.verdict}" aria-labelledby="verdict">` +
    `<h2 id="verdict">${verdictSign(verdict.verdict)}${headlines[verdict.verdict]}</h2>${quoted}` +
    `<div class="scroll" tabindex="0" role="group" aria-label="Conditions of the claim"><table class="conditions">` +
    `<caption>${escapeText(`Conditions of the claim over ${writeAmount(verdict.seeds, 'seed')}; 95 % intervals from ${writeCount(verdict.resamples)} bootstrap resamples of the seeds`)}</caption>` +
    '<thead><tr><th scope="col">condition</th><th scope="col">value and interval</th><th scope="col">must be</th>' +
    '<th scope="col">to scale</th><th scope="col">outcome</th></tr></thead>' +
    `<tbody>${verdict.conditions.map(conditionRow).join('')}</tbody></table></div>` +
    '<p class="quiet">A condition holds when its value and the whole interval are on the right side of the bound, and fails when both are on the wrong one. The claim holds when all conditions do.</p></section>'
  );
}

function conditionRow(condition: CheckedCondition): string {
  const { label, value, interval, relation, bound, unit, outcome } = condition;
  const units = unit === undefined ? '' : ` <span class="unit">${escapeText(unit)}</span>`;
  return (
    `<tr><th scope="row">${escapeText(label)}</th><td><span class="strong">${writeNumber(value)}</span>${units}<br>` +
    `<span class="unit">${writeNumber(interval[0])} to ${writeNumber(interval[1])}</span></td><td>${relation} ${writeNumber(bound)}</td>` +
    `<td>${intervalPlot(condition)}</td><td class="outcome ${outcome}">${verdictSign(outcome)}${outcome}</td></tr>`
  );
}

function verdictSign(verdict: Verdict['verdict']): string {
  return `<svg class="sign" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><circle cx="12" cy="12" r="11"/><path d="${signs[verdict]}"/></svg>`;
}
