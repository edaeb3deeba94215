import type * as Esbuild from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RunError } from './events.ts';

export interface CompileOptions {
  /** Absolute path of the `dist` folder. */
  readonly distribution: string;
  /** Absolute path of the experiment's source. */
  readonly file: string;
  /** Absolute path of the file to write; its source map goes beside it. */
  readonly bundle: string;
}

/**
 * Compiles an experiment, and what it imports, into one CommonJS file whose source map names the sources by absolute
 * address. The module `marginalia` stays outside: the trial process that runs the bundle answers with its own, so that trial
 * and experiment share it, and another version of the product can go on with a run.
 *
 * @returns the SHA-256 of the code, hexadecimal, or the first thing that is wrong with the sources.
 */
export async function compileExperiment(
  options: CompileOptions,
): Promise<{ readonly hash: string } | { readonly error: RunError }> {
  const esbuild = loadTransformer(options.distribution);
  try {
    const result = await build(esbuild, options, {});
    if (result.errors.length === 0) return await keep(result, options);
    // The workspace's tsconfig.json may itself be what is wrong; an experiment does not need it.
    const again = await build(esbuild, options, { tsconfigRaw: '{}' });
    if (again.errors.length === 0) return await keep(again, options);
    return { error: toRunError(again.errors, options.file) };
  } finally {
    void esbuild.stop();
  }
}

function loadTransformer(distribution: string): typeof Esbuild {
  const folder = join(distribution, 'vendor', 'esbuild');
  // Read by the transformer while it loads; the experiment may use another version of its own.
  process.env.ESBUILD_BINARY_PATH = join(folder, process.platform === 'win32' ? 'esbuild.exe' : 'esbuild');
  const esbuild = createRequire(join(folder, 'main.cjs'))('./main.cjs') as typeof Esbuild;
  delete process.env.ESBUILD_BINARY_PATH;
  return esbuild;
}

type BuildResult = Pick<Esbuild.BuildResult<{ write: false }>, 'errors' | 'outputFiles'>;

async function build(
  esbuild: typeof Esbuild,
  { file, bundle }: CompileOptions,
  tsconfig: { readonly tsconfigRaw?: string },
): Promise<BuildResult> {
  const place = { url: pathToFileURL(file).href, filename: file, dirname: dirname(file) };
  try {
    return await esbuild.build({
      absWorkingDir: dirname(file),
      entryPoints: [file],
      outfile: bundle,
      write: false,
      bundle: true,
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      sourcemap: 'linked',
      logLevel: 'silent',
      // The code runs from another folder, but finds the files beside its source.
      define: Object.fromEntries(
        Object.entries(place).map(([name, value]) => [`import.meta.${name}`, JSON.stringify(value)]),
      ),
      plugins: [sdkOutside],
      ...tsconfig,
    });
  } catch (error) {
    if (!(error instanceof Error && 'errors' in error)) throw error;
    return { errors: error.errors as Esbuild.Message[], outputFiles: [] };
  }
}

/** Leaves the sdk to whoever runs the bundle (`loadExperiment`): a run's folder outlives the version that made it. */
const sdkOutside: Esbuild.Plugin = {
  name: 'marginalia',
  setup(build) {
    build.onResolve({ filter: /^marginalia$/ }, ({ kind, namespace }) =>
      kind === 'dynamic-import' && namespace !== 'marginalia'
        ? { path: 'marginalia', namespace: 'marginalia' }
        : { path: 'marginalia', external: true },
    );
    // Node itself would look for what `import()` names; only `require` can be answered.
    build.onLoad({ filter: /^/, namespace: 'marginalia' }, () => ({
      contents: "module.exports = require('marginalia');",
    }));
  },
};

async function keep({ outputFiles }: BuildResult, { bundle }: CompileOptions): Promise<{ readonly hash: string }> {
  const code = outputFiles.find((file) => file.path === bundle)!;
  const map = outputFiles.find((file) => file.path === `${bundle}.map`)!;
  await mkdir(dirname(bundle), { recursive: true });
  await Promise.all([
    writeFile(bundle, code.contents),
    writeFile(map.path, withAbsoluteSources(map.text, dirname(bundle))),
  ]);
  return { hash: createHash('sha256').update(code.contents).digest('hex') };
}

/** Debuggers and stacks find the sources wherever the run's folder is moved to. */
function withAbsoluteSources(text: string, folder: string): string {
  const map = JSON.parse(text) as { sources: string[] };
  return JSON.stringify({ ...map, sources: map.sources.map((source) => pathToFileURL(resolve(folder, source)).href) });
}

function toRunError(errors: readonly Esbuild.Message[], file: string): RunError {
  const first = errors[0]!;
  const { location } = first;
  const rest = errors.slice(1).map(describe);
  return {
    kind: 'compile',
    message: advised(first.text),
    ...(rest.length > 0 && { stack: rest.join('\n') }),
    file: location === null ? file : resolve(dirname(file), location.file),
    // The transformer counts columns from 0 and in bytes.
    ...(location !== null && {
      line: location.line,
      column: Buffer.from(location.lineText).subarray(0, location.column).toString().length + 1,
    }),
  };
}

function describe({ text, location }: Esbuild.Message): string {
  return location === null ? text : `${basename(location.file)}:${location.line}: ${text}`;
}

function advised(text: string): string {
  const name = /^Could not resolve "([^"]+)"/.exec(text)?.[1];
  if (name === undefined) return text;
  return name.startsWith('.')
    ? `There is no module '${name}' at this path.`
    : `There is no package '${name}' here. Install it in the workspace, or correct its name.`;
}
