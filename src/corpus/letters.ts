/**
 * What a UTF-16 unit is to matching, as one number, so that text can be walked without making strings of it:
 * 1 to 26 for the letters a to z in any case and with any accent, 27 to 36 for the digits 0 to 9, `FOREIGN` for letters
 * of other scripts, `MARK` for combining accents (which matching passes over), 0 for everything else.
 * `UPPER` is added for capitals.
 */
export const FOREIGN = 37;
export const MARK = 38;
export const UPPER = 64;
/** Takes the case off what `letterOf` returns. */
export const CASELESS = 63;

const UNKNOWN = 255;
const MOST_ARGUMENTS = 4096;
const table = new Uint8Array(65536).fill(UNKNOWN);
for (let code = 0; code < 128; code++) table[code] = asciiLetter(code);

/** Letters that carry their stroke or shape inside, where Unicode names no base letter. */
const BASE: Readonly<Record<string, string>> = {
  ß: 's',
  æ: 'a',
  œ: 'o',
  ø: 'o',
  đ: 'd',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  þ: 't',
  ð: 'd',
};

/** What stands at an offset of a text, 0 outside the text; faster than to ask the text what is not there. */
export function letterAt(text: string, at: number): number {
  return at >= 0 && at < text.length ? letterOf(text.charCodeAt(at)) : 0;
}

/** What a UTF-16 unit is. */
export function letterOf(code: number): number {
  const known = table[code]!;
  return known === UNKNOWN ? (table[code] = foldedLetter(code)) : known;
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function asciiLetter(code: number): number {
  if (code >= 97 && code <= 122) return code - 96;
  if (code >= 65 && code <= 90) return (code - 64) | UPPER;
  return isDigit(code) ? code - 48 + 27 : 0;
}

function foldedLetter(code: number): number {
  const character = String.fromCharCode(code);
  if (/\p{M}/u.test(character)) return MARK;
  if (!/[\p{L}\p{N}]/u.test(character)) return 0;
  const lower = character.toLowerCase();
  const capital = lower === character ? 0 : UPPER;
  const base = (BASE[lower] ?? lower.normalize('NFKD')).charCodeAt(0);
  return (base < 128 ? asciiLetter(base) & CASELESS : FOREIGN) | capital;
}

/** Only the letters and digits of a text, lower case and without accents: what two spellings of a title share. */
export function lettersIn(text: string): string {
  const codes: number[] = [];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const letter = letterOf(code) & CASELESS;
    if (letter === 0 || letter === MARK) continue;
    if (letter === FOREIGN) codes.push(text.charAt(index).toLowerCase().charCodeAt(0));
    else codes.push(letter <= 26 ? letter + 96 : letter - 27 + 48);
  }
  return codes.length < MOST_ARGUMENTS
    ? String.fromCharCode(...codes)
    : codes.map((code) => String.fromCharCode(code)).join('');
}
