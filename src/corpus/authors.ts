const PARTICLES = new Set('al ben bin da de del della den der di dos du el la le ten ter van von zu zur'.split(' '));
const GENERATIONS = /^(?:jr|sr|ii|iii|iv)\.?$/i;

/** Family name of an author given in full: `van der Maaten` of `Laurens van der Maaten` and of `van der Maaten, Laurens`. */
export function familyName(author: string): string {
  const comma = author.indexOf(',');
  if (comma > 0 && !GENERATIONS.test(author.slice(comma + 1).trim())) return author.slice(0, comma).trim();
  const words = author.replaceAll(',', ' ').split(/\s+/).filter(Boolean);
  while (words.length > 1 && GENERATIONS.test(words.at(-1)!)) words.pop();
  let first = words.length - 1;
  while (first > 1 && PARTICLES.has(words[first - 1]!)) first--;
  return words.slice(Math.max(first, 0)).join(' ');
}
