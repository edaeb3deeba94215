/**
 * Compiles `src/runtime/sdk/kernel` from AssemblyScript to WebAssembly, as a plugin of esbuild: whatever imports
 * `network-kernel.wasm` carries its bytes, and no file lies beside a bundle.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hashFiles } from '../tools/hash.mjs';
import { kept } from '../tools/kept.mjs';
import { root } from '../tools/root.mjs';

const folder = join(root, 'src/runtime/sdk/kernel');

/** @returns {import('esbuild').Plugin} */
export function kernelPlugin() {
  return {
    name: 'kernel',
    setup(build) {
      build.onResolve({ filter: /\/network-kernel\.wasm$/ }, () => ({ path: folder, namespace: 'kernel' }));
      build.onLoad({ filter: /./, namespace: 'kernel' }, async () => ({
        contents: await compile(),
        loader: 'binary',
        watchDirs: [folder],
        watchFiles: sources(),
      }));
    },
  };
}

/** Several bundles of one build ask for the same bytes at once. @type {Map<string, Promise<Buffer>>} */
const compiled = new Map();

/** @returns {Promise<Buffer>} */
function compile() {
  const state = hashFiles(root, ['scripts/build/kernel.mjs', 'package-lock.json', 'src/runtime/sdk/kernel']);
  const bytes = compiled.get(state) ?? kept('kernel', `${state}.wasm`, compileNow);
  compiled.set(state, bytes);
  return bytes;
}

async function compileNow() {
  const { main } = await import('assemblyscript/asc');
  /** @type {Uint8Array | undefined} */
  let bytes;
  const { error, stderr } = await main(
    // Errors reach the caller as traps, so the module imports nothing and runs anywhere.
    [
      'index.ts',
      '--outFile',
      'kernel.wasm',
      '-O3',
      '--runtime',
      'minimal',
      '--enable',
      'simd',
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
