import { lettersIn } from './letters.ts';

/** Commands that change how their argument looks and not what it says, also where a page lost the backslash. */
const LOOK =
  /\\?\b(?:math(?:cal|bb|bf|rm|sf|tt|it|frak|scr)|text(?:bf|it|rm|sc|sf|tt|normal)?|emph|operatorname|boldsymbol|bm)\s*(?=\{)/g;

/** Takes LaTeX off a text: `$\mathcal{B}$-Coder` to `B-Coder`, `T{\"u}lu` to `Tulu`, `$\ell_\infty$` to `ell_infty`. */
export function withoutLatex(text: string): string {
  if (!/[\\${}]/.test(text)) return text;
  return text
    .replace(LOOK, '')
    .replace(/\\(?:[cvuHkrbdt]\s*(?=\{)|["'`^~=.])/g, '')
    .replace(/[\\${}]/g, '');
}

/** What is left of a title when case, accents, punctuation, spaces and LaTeX do not count; equal for the same title. */
export function normalTitle(title: string): string {
  return lettersIn(withoutLatex(title));
}

const INSIGNIFICANT = new Set(
  (
    'a an and are as at be between by can do does for from how in into is it its not of on or our over that the their to ' +
    'towards toward under using via what when where which why will with without you your we'
  ).split(' '),
);

/** Words of a title that tell it from others, lower case and without accents, in order. */
export function significantWords(title: string): string[] {
  return withoutLatex(title)
    .split(/[^\p{L}\p{N}\p{M}'’]+/u)
    .map(lettersIn)
    .filter((word) => word !== '' && !INSIGNIFICANT.has(word));
}
