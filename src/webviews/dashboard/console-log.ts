/** Lines a block. The view shows blocks, so that the browser may leave those out of view alone. */
export const linesPerBlock = 200;

/** Colours and cursor movements that terminals understand and a page does not. */
// eslint-disable-next-line no-control-regex -- escape sequences begin with a control character
const escapeSequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;

/** A place where text was found: line (from 0) and column (from 0). */
export interface Found {
  readonly line: number;
  readonly column: number;
}

/** Console text in lines, growing at the end. */
export interface ConsoleLog {
  readonly lines: readonly string[];
  /** Adds text. @returns the first line that is new or changed. */
  append(text: string): number;
}

export function createConsoleLog(): ConsoleLog {
  const lines: string[] = [];
  // The last line as it came, while it is not ended: an escape sequence may be torn in two.
  let open = '';
  let isOpen = false;
  const clean = (line: string) => {
    const plain = line.replace(escapeSequences, '').replace(/\r+$/, '');
    // A carriage return goes back to overwrite, as progress bars do.
    return plain.slice(plain.lastIndexOf('\r') + 1);
  };
  return {
    lines,
    append(text) {
      const first = isOpen ? lines.length - 1 : lines.length;
      if (text === '') return lines.length;
      const parts = (open + text).split('\n');
      if (isOpen) lines.pop();
      open = parts.pop()!;
      // What is overwritten need not be kept; a carriage return at the very end may be half of a line break.
      open = open.slice(open.lastIndexOf('\r', open.length - 2) + 1);
      for (const part of parts) lines.push(clean(part));
      isOpen = open !== '';
      if (isOpen) lines.push(clean(open));
      return first;
    },
  };
}

/** All places of the wanted text, in lower or upper case, from the given line on. Empty for empty text. */
export function findInLines(lines: readonly string[], wanted: string, from = 0): Found[] {
  const needle = wanted.toLowerCase();
  const found: Found[] = [];
  if (needle === '') return found;
  for (let line = from; line < lines.length; line++) {
    const text = lines[line]!.toLowerCase();
    for (let column = text.indexOf(needle); column >= 0; column = text.indexOf(needle, column + needle.length)) {
      found.push({ line, column });
    }
  }
  return found;
}
