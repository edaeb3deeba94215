import * as esbuild from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TensorFlow } from 'marginalia';

type Engine = TensorFlow & { disposeVariables(): void };

const require = createRequire(import.meta.url);

// TensorFlow.js keeps its registries on the global object, so the test files of one process share one copy.
const shared = globalThis as { marginaliaTestEngine?: Promise<Engine> };

/** TensorFlow.js on its WebAssembly backend, with gradients; those load only through a bundler. */
export function tensorFlow(): Promise<Engine> {
  return (shared.marginaliaTestEngine ??= load());
}

async function load(): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), 'marginalia-tensorflow-'));
  try {
    const outfile = join(folder, 'tensorflow.cjs');
    await esbuild.build({
      stdin: {
        contents: `
          import '@tensorflow/tfjs-core/dist/register_all_gradients';
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
    await tf.setBackend('wasm');
    return tf;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
