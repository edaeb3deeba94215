/** Writes a line of the result. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Writes the result for machines. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Says on the error stream what is wrong, where, and what to do. */
export function complain(message: string): void {
  process.stderr.write(`marginalia: ${message}\n`);
}

/** How many problems of a kind are told one by one. */
const mostProblems = 10;

/** Says what could not be read and so is left out of a result. */
export function complainOfProblems(problems: readonly string[]): void {
  problems.slice(0, mostProblems).forEach(complain);
  const more = problems.length - mostProblems;
  if (more > 0) complain(`… and ${counted(more, 'problem')} more like these.`);
}

/**
 * Sets columns side by side, two spaces apart; the last is left as long as it is.
 * @param right columns whose cells end at the same place (numbers), 0-based
 */
export function columns(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)));
  return rows.map((row) =>
    row
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        if (right.includes(index)) return cell.padStart(width);
        return index === row.length - 1 ? cell : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Shortens text to the width with an ellipsis. */
export function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** `1 paper`, `2 papers`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Seconds as a person says them: `3.2 s`, `4 min 10 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** A number as short as it can be read: four significant digits. */
export function number(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);
}

/** Lets `marginalia … | head` end without an error when the reader has enough. */
export function endQuietlyWithoutReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}
