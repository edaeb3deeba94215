import { transform } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { regionOf } from '../../../scripts/build/snippets.mjs';

/** A function of a method's snippet, from exactly the code that the editor inserts. */
export async function snippetFunction<F>(folder: string, prefix: string, name: string): Promise<F> {
  const source = await readFile(join('snippets', folder, 'experiment.ts'), 'utf8');
  const region = regionOf(source, prefix);
  if (region.lines === undefined) throw new Error(`${folder}/experiment.ts:${region.line}: ${region.fault}`);
  const { code } = await transform(`${region.lines.join('\n')}\nexport { ${name} };`, { loader: 'ts', format: 'esm' });
  const module = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as Record<string, F>;
  return module[name]!;
}
