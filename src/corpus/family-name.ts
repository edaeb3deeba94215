/** How words of families are written that are not written as they stand. */
const written: Readonly<Record<string, string>> = { env: 'environments', llm: 'LLM', rl: 'RL' };

/** A family's folder name as a heading: `combinatorial-optimization` → `Combinatorial optimization`. */
export function familyName(family: string): string {
  const words = family
    .split('-')
    .map((word) => written[word] ?? word)
    .join(' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
