/** A citation key found in a text. */
export interface KeySpan {
  readonly start: number;
  readonly key: string;
}

const AT_KEY = /@\{?([\p{L}\p{N}_][\p{L}\p{N}_:.#$%&+?~/-]*)/uy;
const LATEX_CITE =
  /\\[A-Za-z]{0,20}cite[A-Za-z]{0,20}\*?\s{0,8}((?:(?:\[[^\][]{0,200}\]|\([^()]{0,200}\)){0,4}\s{0,8}\{[^{}]{0,2000}\})+)/iy;
const ROLE_CITE = /cite(?::[a-z]+)?[:}]\s?`([^`\n]{1,500})`/y;
const COLON_CITE =
  /(?:cite[a-z]{0,12}|marginalia):(&?[\p{L}\p{N}][\p{L}\p{N}_.+-]*(?:[,;]\s?&?[\p{L}\p{N}][\p{L}\p{N}_.+-]*)*)/uy;
const QUOTED_PAPER = /papers?["']?\s{0,4}[:=]\s{0,4}(?:\[\s{0,40})?((?:(["'`])[^"'`\s]{1,200}\2(?:,\s{0,40})?)+)/y;
const BARE_PAPER = /papers?:[ \t]{1,8}([\p{L}\p{N}][\p{L}\p{N}_.+-]*)[ \t]*(?:#.*)?\r?$/muy;
const KEY = /[\p{L}\p{N}][\p{L}\p{N}_:.+/-]*/gu;

/**
 * Keys cited by the form that begins at `start`: `@rex`, `\cite{rex,cpl}` and its kin, `cite:rex`, `` {cite:p}`rex` ``,
 * `marginalia:rex`, `paper: 'rex'`.
 * @param limit offset that the form must not go beyond
 * @param bare whether `paper: rex` needs no quotes, as in YAML
 */
export function keysAt(text: string, start: number, limit: number, bare: boolean): KeySpan[] {
  const before = text.charAt(start - 1);
  switch (text.charAt(start)) {
    case '@':
      return /[\p{L}\p{N}_.@/\\]/u.test(before) ? [] : keysIn(match(AT_KEY, text, start, limit), /.+/g);
    case '\\':
      return keysIn(match(LATEX_CITE, text, start, limit), KEY, /\{[^{}]*\}/g);
    default:
      if (/[\p{L}\p{N}_$-]/u.test(before)) return [];
      return keysIn(
        match(ROLE_CITE, text, start, limit) ??
          match(COLON_CITE, text, start, limit) ??
          match(QUOTED_PAPER, text, start, limit) ??
          (bare ? match(BARE_PAPER, text, start, limit) : undefined),
        KEY,
      );
  }
}

function match(form: RegExp, text: string, start: number, limit: number): RegExpExecArray | undefined {
  form.lastIndex = start;
  const found = form.exec(text);
  return found && form.lastIndex <= limit ? found : undefined;
}

/** The keys in the first group of a match, or only in those parts of it that `within` matches. */
function keysIn(found: RegExpExecArray | undefined, key: RegExp, within = /[^]+/g): KeySpan[] {
  if (!found) return [];
  const list = found[1]!;
  const listStart = found.index + found[0].indexOf(list);
  return [...list.matchAll(within)].flatMap((part) =>
    [...part[0].matchAll(key)].map((word) => ({
      start: listStart + part.index + word.index,
      key: word[0].replace(/[:.,;+/-]+$/, ''),
    })),
  );
}
