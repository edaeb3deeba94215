/**
 * Compiles `src/runtime/sdk/kernel` from AssemblyScript to WebAssembly, as a plugin of esbuild: whatever imports
 * `network-kernel.wasm`, or `extremes.wasm` or `tensors.wasm` for tensor engines, carries its bytes, and no file lies beside a
 * bundle.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { hashFiles } from '../tools/hash.mjs';
import { kept } from '../tools/kept.mjs';
import { root } from '../tools/root.mjs';

const folder = join(root, 'src/runtime/sdk/kernel');

/** What each module is made of, and what else its compiler is told. @type {Record<string, readonly string[]>} */
const modules = {
  extremes: ['extremes.ts', '--runtime', 'stub', '--importMemory'],
  'network-kernel': ['index.ts', '--runtime', 'minimal'],
  tensors: ['tensors.ts', '--runtime', 'stub', '--importMemory'],
};

/** @returns {import('esbuild').Plugin} */
export function kernelPlugin() {
  return {
    name: 'kernel',
    setup(build) {
      build.onResolve({ filter: /\/(extremes|network-kernel|tensors)\.wasm$/ }, ({ path }) => ({
        path: basename(path, '.wasm'),
        namespace: 'kernel',
      }));
      build.onLoad({ filter: /./, namespace: 'kernel' }, async ({ path }) => ({
        contents: await compile(path),
        loader: 'binary',
        watchDirs: [folder],
        watchFiles: sources(),
      }));
    },
  };
}

/** Several bundles of one build ask for the same bytes at once. @type {Map<string, Promise<Buffer>>} */
const compiled = new Map();

/** @param {string} module @returns {Promise<Buffer>} */
function compile(module) {
  const state = hashFiles(root, ['scripts/build/kernel.mjs', 'package-lock.json', 'src/runtime/sdk/kernel']);
  const key = `${module}-${state}`;
  const bytes = compiled.get(key) ?? kept(`kernel/${module}`, `${state}.wasm`, () => compileNow(module));
  compiled.set(key, bytes);
  return bytes;
}

/** @param {string} module */
async function compileNow(module) {
  const { main } = await import('assemblyscript/asc');
  /** @type {Uint8Array | undefined} */
  let bytes;
  const { error, stderr } = await main(
    // Errors reach the caller as traps, so the module imports no function and runs anywhere.
    [
      ...(modules[module] ?? []),
      '--outFile',
      'kernel.wasm',
      '-O3',
      '--enable',
      'simd',
      '--enable',
      'relaxed-simd',
      '--noAssert',
      '--use',
      'abort=',
    ],
    {
      readFile: (name, base) => {
        try {
          return readFileSync(join(base === '.' ? folder : join(folder, base), name), 'utf8');
        } catch {
          // The compiler asks for files under every name that they could have.
          return null;
        }
      },
      writeFile: (name, contents) => {
        if (name === 'kernel.wasm' && typeof contents !== 'string') bytes = contents;
      },
      listFiles: () => [],
    },
  );
  if (error || !bytes) throw new Error(`The kernel does not compile:\n${stderr.toString()}${error?.message ?? ''}`);
  return bytes;
}

function sources() {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}
