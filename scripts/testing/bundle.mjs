import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { kernelPlugin } from '../build/kernel.mjs';
import { outFolder, root } from '../tools/root.mjs';

/**
 * @param {string} folder below `test/`: `unit`
 * @param {readonly string[]} [parts] only files whose path contains one of these
 * @returns {string[]} paths of `*.test.ts` relative to the folder, sorted
 */
export function testFiles(folder, parts = []) {
  return readdirSync(join(root, 'test', folder), { recursive: true })
    .map((file) => String(file).replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.test.ts') && (parts.length === 0 || parts.some((part) => file.includes(part))))
    .sort();
}

/**
 * Bundles test files, each by itself.
 * @param {string} folder below `test/`
 * @param {readonly string[]} files relative to it
 * @param {{ name: string; format: 'esm' | 'cjs' }} options `name`: folder below `out/` that receives the bundles
 * @returns {Promise<{ files: string[]; remove: () => void }>} paths of the bundles
 */
export async function bundleTests(folder, files, { name, format }) {
  const { build } = await import('esbuild');
  const outdir = join(outFolder, name);
  const ending = format === 'esm' ? '.mjs' : '.cjs';
  rmSync(outdir, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: files.map((file) => join('test', folder, file)),
    outbase: join('test', folder),
    outdir,
    outExtension: { '.js': ending },
    bundle: true,
    format,
    platform: 'node',
    target: 'node20',
    sourcemap: 'linked',
    packages: 'external',
    plugins: [kernelPlugin()],
    alias: { marginalia: join(root, 'src/runtime/sdk/index.ts') },
    logLevel: 'warning',
  });
  return {
    files: files.map((file) => join(outdir, file.replace(/\.ts$/, ending))),
    remove: () => rmSync(outdir, { recursive: true, force: true }),
  };
}
