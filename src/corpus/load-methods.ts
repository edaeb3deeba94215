import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Method } from './method.ts';

/**
 * Loads the built-in methods as the build compiled them.
 * @param distribution folder of the built bundles
 */
export async function loadMethods(distribution: string): Promise<readonly Method[]> {
  const file = join(distribution, 'methods.json');
  const { methods } = JSON.parse(await readFile(file, 'utf8')) as { methods: readonly Method[] };
  return methods;
}
