import { syntaxOf } from '../../corpus/languages.ts';
import { lexerOf } from '../../corpus/lexer.ts';
import type { Reference } from '../../corpus/reference.ts';

/** A place that gets one line above it: a symbol, a comment block or a paragraph, with the papers that it names. */
export interface PaperBlock {
  /** 0-based line that the papers are shown above. */
  readonly line: number;
  /** Citation keys in the order in which the block first names them. */
  readonly papers: readonly string[];
}

/**
 * Groups references into blocks. Only the text decides, never another extension's symbols, so that the answer is the same
 * from the first time a document is shown and lines do not jump when a language server wakes up.
 *
 * A paper stands once in a block, and a comment inside a symbol is not repeated where the symbol itself shows the paper.
 */
export function paperBlocks(text: string, language: string, references: readonly Reference[]): PaperBlock[] {
  const lines = new Lines(text, language);
  const place = syntaxOf(language) === undefined ? paragraphPlace : codePlace;
  const symbols = new Map<number, Set<string>>();
  const comments: { readonly line: number; readonly symbol: number; readonly paper: string }[] = [];
  for (const { start, paper } of references) {
    if (paper === undefined) continue;
    const { line, symbol } = place(lines, lines.at(start));
    if (symbol !== undefined && symbol !== line) comments.push({ line, symbol, paper });
    else insert(symbols, line, paper);
  }
  for (const { line, symbol, paper } of comments) {
    if (symbols.get(symbol)?.has(paper) !== true) insert(symbols, line, paper);
  }
  return [...symbols]
    .map(([line, papers]) => ({ line, papers: [...papers] }))
    .sort((one, other) => one.line - other.line);
}

/** Where a reference is shown, and for a comment block inside a symbol the line of that symbol's own block. */
interface Place {
  readonly line: number;
  readonly symbol?: number;
}

function paragraphPlace(lines: Lines, line: number): Place {
  let first = line;
  while (first > 0 && !lines.blank(first - 1)) first--;
  return { line: first };
}

function codePlace(lines: Lines, line: number): Place {
  if (!lines.comment(line)) return { line: symbolStart(lines, line) };
  let first = line;
  while (first > 0 && lines.comment(first - 1)) first--;
  if (lines.docstring(first)) return { line: symbolStart(lines, first) };
  let next = line + 1;
  while (next < lines.count && lines.comment(next)) next++;
  const heads = next < lines.count && !lines.blank(next) && (lines.declaration(next) || lines.decorator(next));
  if (heads) return { line: first };
  return lines.indent(line) > 0 ? { line: first, symbol: symbolStart(lines, line) } : { line: first };
}

/** First line of the symbol around a line, with the decorators and comments that stand directly above it. */
function symbolStart(lines: Lines, line: number): number {
  let head = line;
  for (let above = line; above >= 0; above--) {
    if (lines.blank(above) || (above !== line && lines.comment(above))) continue;
    const further = lines.indent(head) - lines.indent(above);
    // Behind a closing bracket stands what it closes: a declaration may go over lines.
    if (above === line || further > 0 || (further === 0 && lines.closes(head))) {
      head = above;
      if (lines.declaration(above)) return withHeader(lines, above);
    }
    if (lines.indent(head) === 0 && !lines.closes(head)) break;
  }
  // No declaration around it: a statement of the file itself stands with the statements that it touches.
  while (head > 0 && statementTouches(lines, head - 1)) head--;
  return withHeader(lines, head);
}

function statementTouches(lines: Lines, line: number): boolean {
  return !lines.blank(line) && !lines.comment(line) && !lines.declaration(line) && !lines.closes(line);
}

function withHeader(lines: Lines, declaration: number): number {
  let first = declaration;
  while (first > 0 && (lines.comment(first - 1) || lines.decorator(first - 1))) first--;
  return first;
}

const declarationWords =
  /^\s*(?:(?:export|default|declare|public|private|protected|internal|static|async|abstract|final|override|pub(?:\([^)]*\))?|unsafe|inline|extern)\s+)*(?:function|class|def|fn|func|fun|impl|struct|interface|trait|enum|module|namespace|type|object|record|proc|sub|macro)\b/;
const bindingWords = /^(?:export\s+)?(?:const|let|var|val)\s/;
const callable = /^\s*[\w~#*&<][^;=]*\([^;]*\)[^;=]*\{\s*$/;
const controlWords =
  /^\s*(?:\}\s*)?(?:if|else|for|while|switch|catch|do|try|return|with|match|loop|unless|until|elif)\b/;

/** The lines of a text, with what their looks tell about them. */
class Lines {
  readonly #starts: number[] = [0];
  readonly #text: string;
  readonly #commented: readonly boolean[];

  constructor(text: string, language: string) {
    this.#text = text;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) this.#starts.push(end + 1);
    this.#commented = this.#findComments(language);
  }

  get count(): number {
    return this.#starts.length;
  }

  /** Line of an offset. */
  at(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  text(line: number): string {
    return this.#text.slice(this.#starts[line], this.#starts[line + 1]);
  }

  blank(line: number): boolean {
    return this.text(line).trim() === '';
  }

  indent(line: number): number {
    return /^\s*/.exec(this.text(line))![0].length;
  }

  /** Whether the line is nothing but comment. */
  comment(line: number): boolean {
    return this.#commented[line] === true;
  }

  /** Whether a string that documents the symbol around it begins on the line. */
  docstring(line: number): boolean {
    return /^\s*[rRuU]?(?:"""|''')/.test(this.text(line));
  }

  declaration(line: number): boolean {
    const text = this.text(line);
    if (controlWords.test(text)) return false;
    return declarationWords.test(text) || bindingWords.test(text) || callable.test(text);
  }

  /** Whether the line begins by closing what an earlier line opened. */
  closes(line: number): boolean {
    return /^\s*[)\]}]/.test(this.text(line));
  }

  decorator(line: number): boolean {
    return /^\s*(?:@\w|#\[)/.test(this.text(line));
  }

  #findComments(language: string): boolean[] {
    const lex = lexerOf(language);
    let state = '';
    return this.#starts.map((start, line) => {
      const end = (this.#starts[line + 1] ?? this.#text.length + 1) - 1;
      const { startsInText, cuts, stateAfter } = lex(this.#text, start, end, state);
      state = stateAfter;
      const text = this.text(line);
      if (startsInText || text.trim() === '') return startsInText;
      const first = this.indent(line);
      return cuts[0] === first && !/^(?:"(?!"")|'(?!'')|`)/.test(text.slice(first));
    });
  }
}

function insert(symbols: Map<number, Set<string>>, line: number, paper: string): void {
  const papers = symbols.get(line);
  if (papers === undefined) symbols.set(line, new Set([paper]));
  else papers.add(paper);
}
