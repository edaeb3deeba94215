import type { Series } from './series-store.ts';

/** Quotes a cell where its text would break the row (RFC 4180). */
function cell(text: string | number): string {
  const written = String(text);
  return /[",\r\n]/.test(written) ? `"${written.replaceAll('"', '""')}"` : written;
}

/** Rows as CSV text with a final line break; numbers keep all their digits. */
export function csv(rows: Iterable<readonly (string | number)[]>): string {
  let text = '';
  for (const row of rows) text += `${row.map(cell).join(',')}\n`;
  return text;
}

/** Every logged point of one metric, a row each: nothing of it is sampled, smoothed or left out. */
export function seriesCsv(metric: string, series: readonly Series[]): string {
  function* rows(): Generator<readonly (string | number)[]> {
    yield ['metric', 'arm', 'seed', 'step', 'value'];
    for (const { arm, seed, steps, values, length } of series) {
      for (let index = 0; index < length; index++) yield [metric, arm, seed, steps[index]!, values[index]!];
    }
  }
  return csv(rows());
}
