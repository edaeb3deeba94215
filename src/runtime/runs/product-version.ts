import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The version of this product, from the manifest beside the `dist` folder. */
export async function productVersion(distribution: string): Promise<string> {
  try {
    const manifest = JSON.parse(await readFile(join(distribution, '..', 'package.json'), 'utf8')) as {
      version?: unknown;
    };
    return typeof manifest.version === 'string' ? manifest.version : 'unknown';
  } catch {
    return 'unknown';
  }
}
