/**
 * Builds everything that ships into `dist/`: extension, CLI, run process, trial process, webviews, and what is derived
 * from `snippets/`. `--watch` rebuilds on change, `--if-changed` skips what is built already.
 */
import * as esbuild from 'esbuild';
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { kernelPlugin } from './scripts/build/kernel.mjs';
import { buildMethods } from './scripts/build/methods.mjs';
import { buildTypes } from './scripts/build/types.mjs';
import { isBuiltFrom, noteBuiltFrom, stateOfInputs } from './scripts/tools/build.mjs';
import { loadedBytes } from './scripts/tools/loaded-code.mjs';
import { withLock } from './scripts/tools/lock.mjs';

const watch = process.argv.includes('--watch');
const onlyIfChanged = process.argv.includes('--if-changed');
const root = import.meta.dirname;

/** A build is made beside the last good one and takes its place when it is whole. */
const finished = join(root, 'dist');
const dist = watch ? finished : join(root, 'dist.next');

const require = createRequire(import.meta.url);

const common = {
  absWorkingDir: root,
  bundle: true,
  sourcemap: 'linked',
  metafile: true,
  logLevel: 'warning',
  target: 'node20',
  plugins: [kernelPlugin()],
};

/** Code that runs in Node or in the editor's extension host; parts that can wait become chunks. */
const host = {
  ...common,
  entryPoints: {
    extension: 'src/extension/extension.ts',
    cli: 'src/cli/cli.ts',
    'index-worker': 'src/corpus/index-worker.ts',
    'run-process': 'src/runtime/runs/run-process.ts',
  },
  outdir: dist,
  format: 'esm',
  platform: 'node',
  splitting: true,
  chunkNames: 'chunk-[name]-[hash]',
  external: ['vscode', './vendor/*'],
  banner: {
    js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
  },
};

/** Code that a trial process loads: CommonJS, so that each trial can evaluate its experiment afresh. */
const trial = {
  ...common,
  entryPoints: {
    trial: 'src/runtime/trial/trial.ts',
    recorder: 'src/runtime/trial/recorder.ts',
    sdk: 'src/runtime/sdk/index.ts',
    backends: 'src/runtime/backends/backends.ts',
    'tensorflow-check': 'src/runtime/tensorflow-setup/check.ts',
  },
  outdir: dist,
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  platform: 'node',
  mainFields: ['module', 'main'],
  external: ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu', './sdk.cjs', './backends.cjs'],
};

/** An engine that few machines use, so that the others need not load it. It computes with the core in `backends.cjs`. */
const webgpu = {
  ...trial,
  entryPoints: { webgpu: 'src/runtime/backends/webgpu/engine.ts' },
  plugins: [
    {
      name: 'shared core',
      setup(build) {
        build.onResolve({ filter: /^@tensorflow\/tfjs-core$/ }, () => ({ path: 'core', namespace: 'shared' }));
        build.onLoad({ filter: /./, namespace: 'shared' }, () => ({
          contents: "module.exports = require('./backends.cjs').core;",
        }));
      },
    },
  ],
};

/** Code that runs in a webview. */
const webviews = {
  ...common,
  entryPoints: {
    dashboard: 'src/webviews/dashboard/dashboard.ts',
    'paper-page': 'src/webviews/paper-page/paper-page.ts',
  },
  outdir: join(dist, 'webviews'),
  format: 'iife',
  platform: 'browser',
  target: 'es2022',
  minify: true,
};

/** Prints what each entry point loads before anything is asked of it. */
function report(name, metafile) {
  for (const [file, { entryPoint }] of Object.entries(metafile.outputs)) {
    // Chunks that are loaded later are entry points to esbuild too.
    if (!entryPoint || /-[A-Z0-9]{8}\.js$/.test(file)) continue;
    const kilobytes = (loadedBytes(metafile, file) / 1024).toFixed(1);
    console.log(
      `${name.padEnd(9)} ${file.replace('dist.next', 'dist').padEnd(34)} ${kilobytes.padStart(8)} KB on load`,
    );
  }
}

/** The transformer that compiles experiments travels with the product: its code and this platform's binary. */
async function copyTransformer() {
  const home = dirname(require.resolve('esbuild/package.json'));
  const binary = process.platform === 'win32' ? 'esbuild.exe' : 'bin/esbuild';
  const platformPackage = dirname(require.resolve(`@esbuild/${process.platform}-${process.arch}/package.json`));
  await mkdir(join(dist, 'vendor/esbuild'), { recursive: true });
  await cp(join(home, 'lib/main.js'), join(dist, 'vendor/esbuild/main.cjs'));
  await cp(join(home, 'LICENSE.md'), join(dist, 'vendor/esbuild/LICENSE.md'));
  await cp(
    join(platformPackage, binary),
    join(dist, 'vendor/esbuild', process.platform === 'win32' ? 'esbuild.exe' : 'esbuild'),
  );
}

async function copyWasm() {
  const home = dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'));
  // The third one, with threads, starts in browsers only.
  for (const file of ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm']) {
    await cp(join(home, 'wasm-out', file), join(dist, file));
  }
}

async function build() {
  const state = stateOfInputs();
  if (onlyIfChanged && isBuiltFrom(state)) return;
  await rm(dist, { recursive: true, force: true });
  const results = await Promise.all([host, trial, webgpu, webviews].map((options) => esbuild.build(options)));
  await Promise.all([copyTransformer(), copyWasm(), buildMethods({ root, dist }), buildTypes({ root, dist })]);
  noteBuiltFrom(dist, state);
  await rm(finished, { recursive: true, force: true });
  await rename(dist, finished);
  ['host', 'trial', 'webgpu', 'webviews'].forEach((name, index) => report(name, results[index].metafile));
  await mkdir(join(root, 'out'), { recursive: true });
  await writeFile(join(root, 'out/metafile.json'), JSON.stringify(results[0].metafile));
}

if (watch) {
  const contexts = await Promise.all([host, trial, webgpu, webviews].map((options) => esbuild.context(options)));
  await Promise.all([copyTransformer(), copyWasm()]);
  await Promise.all(contexts.map((context) => context.watch()));
  await buildMethods({ root, dist });
  await buildTypes({ root, dist });
  console.log('Watching; code is rebuilt on change. Changes under snippets/ need `npm run build`.');
} else {
  try {
    await withLock(join(root, '.vscode-test/build.lock'), 'building', build);
  } catch (error) {
    // esbuild has told its errors itself.
    if (!error.errors) console.error(error);
    console.error('The build failed; dist/ is as it was.');
    process.exitCode = 1;
  }
}
