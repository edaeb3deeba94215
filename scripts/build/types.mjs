/**
 * Writes `dist/types/marginalia.d.ts`: the module `marginalia` as one ambient declaration with everything it needs inside,
 * so that an experiment type-checks and completes in a folder where nothing is installed.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import { kept } from '../tools/kept.mjs';

/** Types of other platforms that tensors can be made from; nobody has them here. */
const absentTypes = ['GPUBuffer', 'WebGLTexture'];

const notice = `/*
 * The module 'marginalia'. Generated; do not edit.
 * Contains type declarations of TensorFlow.js, copyright Google LLC, licensed under the Apache License 2.0
 * (http://www.apache.org/licenses/LICENSE-2.0).
 */`;

/**
 * @param {{ root: string, dist: string }} folders the repository and where the build goes.
 */
export async function buildTypes({ root, dist }) {
  const declarations = await kept('types', `${await contentHash(root)}.d.ts`, async () => ambient(await rollUp(root)));
  await mkdir(join(dist, 'types'), { recursive: true });
  await writeFile(join(dist, 'types/marginalia.d.ts'), declarations);
}

async function contentHash(root) {
  const hash = createHash('sha256');
  for (const file of [import.meta.filename, join(root, 'package-lock.json'), join(root, 'tsconfig.json')]) {
    hash.update(await readFile(file));
  }
  for (const room of ['sdk', 'runs']) {
    const folder = join(root, 'src/runtime', room);
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.ts')).sort()) {
      hash.update(file).update(await readFile(join(folder, file)));
    }
  }
  return hash.digest('hex');
}

async function rollUp(root) {
  const bundle = await rollup({
    input: join(root, 'src/runtime/sdk/index.ts'),
    plugins: [
      dts({
        tsconfig: join(root, 'tsconfig.json'),
        includeExternal: ['@tensorflow/tfjs-core'],
        compilerOptions: { noEmit: false, stripInternal: true, types: [] },
      }),
    ],
    onwarn: (warning) => {
      throw new Error(`Rolling up the types of src/runtime/sdk: ${warning.message}`);
    },
  });
  const { output } = await bundle.generate({ format: 'es' });
  await bundle.close();
  return output[0].code;
}

function ambient(code) {
  const body = code
    .replaceAll(/^\/\/\/ <.*>$/gm, '')
    .replaceAll(/^\/\*\*\n \* @license\n[\s\S]*?\*\/$/gm, '')
    .replaceAll(/^ *\* @doc(alias)? .*\n/gm, '')
    // What lies in an ambient module is ambient by itself.
    .replaceAll(/^(export )?declare /gm, '$1')
    // Exported for their types only, but a roll-up exports classes as the values that they are elsewhere.
    .replaceAll(/^export \{ (.*) \};$/gm, (_, names) => exportLines(names.split(', ')))
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
  const absent = absentTypes.map((name) => `interface ${name} {}`).join('\n');
  return `${notice}\ndeclare module 'marginalia' {\n${absent}\n${body}\n}\n`;
}

function exportLines(names) {
  const isClass = (name) => /^[A-Z]/.test(name);
  const classes = names.filter(isClass);
  const values = names.filter((name) => !isClass(name));
  return `export { ${values.join(', ')} };\nexport type { ${classes.join(', ')} };`;
}
