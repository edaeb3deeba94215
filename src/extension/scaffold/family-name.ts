/** A family's folder name as a heading: `combinatorial-optimization` → `Combinatorial optimization`. */
export function familyName(family: string): string {
  const words = family.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
