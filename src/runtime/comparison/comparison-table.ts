import type { Comparison, FinalValue } from './compare-runs.ts';

/** A comparison as rows of texts: a heading, then a row for each thing in which the runs differ or came out. */
export interface ComparisonTables {
  readonly runs: readonly (readonly string[])[];
  readonly differences: readonly (readonly string[])[];
  readonly results: readonly (readonly string[])[];
}

export function comparisonTables({ runs, differences, results }: Comparison): ComparisonTables {
  const heads = runs.map(({ name }, index) => `${letter(index)}: ${name}`);
  const letters = runs.map((_, index) => letter(index));
  return {
    runs: [
      ['', ...heads],
      ['run', ...runs.map(({ id }) => id)],
      ['status', ...runs.map(({ status }) => status)],
      ['claim', ...runs.map(({ verdict }) => verdict ?? '–')],
    ],
    differences:
      differences.length === 0
        ? []
        : [['', ...letters], ...differences.map(({ name, values }) => [name, ...values.map((value) => value ?? '–')])],
    results: results.length === 0 ? [] : [['metric', 'arm', ...letters], ...results.map(resultRow)],
  };
}

/** A comparison as a Markdown page. */
export function comparisonMarkdown(comparison: Comparison): string {
  const { runs, differences, results } = comparisonTables(comparison);
  return [
    '# Runs compared',
    table(runs),
    '## What they ended with',
    results.length === 0
      ? 'No trial of these runs has been completed.'
      : `${table(results)}\n\nMedian of the last values over seeds, with its 95 % interval (percentile bootstrap over seeds) and the number of seeds.`,
    '## What was asked otherwise',
    differences.length === 0 ? 'The same was asked of all of them.' : table(differences),
    ...unread(comparison),
    '',
  ].join('\n\n');
}

/** What of the runs could not be read, so that nobody takes the numbers for whole. */
function unread({ runs }: Comparison): string[] {
  const problems = runs.flatMap((run) => run.problems);
  if (problems.length === 0) return [];
  return ['## What could not be read', problems.map((problem) => `- ${escaped(problem)}`).join('\n')];
}

function resultRow({ metric, arm, unit, better, values }: Comparison['results'][number]): string[] {
  const direction = better === 'neither' ? '' : `, ${better} is better`;
  return [`${metric} (${unit}${direction})`, arm, ...values.map(writeValue)];
}

function writeValue(value: FinalValue | null): string {
  if (value === null) return '–';
  const { median, interval, seeds } = value;
  const range = interval === undefined ? '' : ` [${interval.map(number).join(', ')}]`;
  return `${number(median)}${range} (${seeds})`;
}

function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** A, B, … Z, then A1, B1 … */
function letter(index: number): string {
  const round = Math.floor(index / 26);
  return String.fromCharCode(65 + (index % 26)) + (round === 0 ? '' : String(round));
}

function table([head, ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  return [line(head!), line(head!.map(() => '---')), ...rows.map(line)].join('\n');
}

/** What a person called a run must not become a link, a picture or the end of a cell. */
function escaped(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[\\`*_{}[\]<>()#+!|~&]/g, '\\$&');
}
