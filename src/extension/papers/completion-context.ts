import { syntaxOf } from '../../corpus/languages.ts';
import { lexerOf } from '../../corpus/lexer.ts';

/** What is being written at the cursor that papers can complete. */
export interface CompletionContext {
  /** `key`: a citation key after a mark that calls for one; `name`: a word in prose that may become a method's name. */
  readonly kind: 'key' | 'name';
  /** Characters before the cursor that belong to it. */
  readonly typed: string;
}

/** Languages that are written for people throughout. */
const proseLanguages = new Set([
  ...['markdown', 'plaintext', 'latex', 'tex', 'restructuredtext', 'asciidoc', 'typst', 'quarto', 'git-commit'],
]);

const citeCommand = /\\[a-zA-Z]*cite[a-zA-Z]*\*?(?:\[[^\]]*\])*\{(?:[^{}]*,)?\s*([\w:.+/-]*)$/;
const citeWord = /\bcite:\s*(?:[\w:.+/-]+,\s*)*([\w:.+/-]*)$/;
const paperProperty = /\bpaper\s*[:=]\s*['"]([\w:.+/-]*)$/;
const atSign = /(?:^|[\s([{;,'"`])-?@([\w:.+/-]*)$/;
const word = /(?:^|[^\w@:./\\-])(\p{L}[\w-]+)$/u;

/**
 * Reads what stands before the cursor.
 *
 * @param before the text of the document up to the cursor.
 * @param language the editor's language id.
 */
export function completionContext(before: string, language: string): CompletionContext | undefined {
  const line = before.slice(before.lastIndexOf('\n') + 1);
  const key = citeCommand.exec(line) ?? citeWord.exec(line) ?? paperProperty.exec(line);
  if (key !== null) return { kind: 'key', typed: key[1]! };
  const at = atSign.exec(line);
  const name = word.exec(line);
  if (at === null && name === null) return undefined;
  const place = placeAtEnd(before, language);
  if (at !== null) return place === 'code' ? undefined : { kind: 'key', typed: at[1]! };
  return place === 'prose' ? { kind: 'name', typed: name![1]! } : undefined;
}

/** What the end of a text lies in. Data languages have strings only: their text is not for people. */
function placeAtEnd(before: string, language: string): 'prose' | 'string' | 'code' {
  if (proseLanguages.has(language)) return 'prose';
  if (syntaxOf(language) === undefined) return 'string';
  const lex = lexerOf(language);
  let state = '';
  for (let start = 0; ;) {
    const lineEnd = before.indexOf('\n', start);
    const end = lineEnd < 0 ? before.length : lineEnd;
    const { startsInText, cuts, stateAfter } = lex(before, start, end, state);
    if (lineEnd >= 0) {
      state = stateAfter;
      start = end + 1;
      continue;
    }
    const inText = startsInText === (cuts.length % 2 === 0);
    if (!inText) return 'code';
    const opened = cuts.at(-1);
    // A string of one line stands in quotes; what goes over lines is a comment or documentation.
    return opened !== undefined && /^(?:"(?!"")|'(?!'')|`)/.test(before.slice(start + opened)) ? 'string' : 'prose';
  }
}
