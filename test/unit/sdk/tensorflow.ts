import * as esbuild from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TensorFlow } from 'marginalia';

type Engine = TensorFlow & { disposeVariables(): void; setBackend(name: string): Promise<boolean> };

const require = createRequire(import.meta.url);

// TensorFlow.js keeps its registries on the global object, so the test files of one process share one copy.
const shared = globalThis as { marginaliaTestEngine?: Promise<Engine> };

/** TensorFlow.js with gradients, which load only through a bundler. On its WebAssembly backend, or in plain JavaScript. */
export async function tensorFlow(backend: 'wasm' | 'cpu' = 'wasm'): Promise<Engine> {
  const tf = await (shared.marginaliaTestEngine ??= load());
  await tf.setBackend(backend);
  return tf;
}

async function load(): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), 'marginalia-tensorflow-'));
  try {
    const outfile = join(folder, 'tensorflow.cjs');
    await esbuild.build({
      stdin: {
        contents: `
          import '@tensorflow/tfjs-core/dist/register_all_gradients';
          import '@tensorflow/tfjs-backend-cpu';
          export { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
          export * from '@tensorflow/tfjs-core';`,
        resolveDir: process.cwd(),
      },
      outfile,
      bundle: true,
      format: 'cjs',
      platform: 'node',
      mainFields: ['module', 'main'],
      logLevel: 'warning',
    });
    const tf = require(outfile) as typeof import('@tensorflow/tfjs-core') & { setWasmPaths(folder: string): void };
    const wasm = require.resolve('@tensorflow/tfjs-backend-wasm/package.json');
    tf.setWasmPaths(join(dirname(wasm), 'wasm-out/'));
    return tf;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
