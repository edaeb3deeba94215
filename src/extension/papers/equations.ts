import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

type Equations = Readonly<Record<string, readonly string[]>>;

let loaded: Promise<Equations> | undefined;

/**
 * SVG of each of a method's equations in order, drawn in `currentColor`; none where the method has no pictures.
 * The file is read once for as long as the extension runs.
 */
export async function equationsOf(distribution: string, method: string): Promise<readonly string[]> {
  loaded ??= readFile(join(distribution, 'equations.json'), 'utf8').then((text) => JSON.parse(text) as Equations);
  return (await loaded)[method] ?? [];
}
