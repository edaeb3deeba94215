/**
 * Derives from `snippets/<family>/<id>/{card.yaml,experiment.ts}` everything that ships about the methods:
 * `methods.json` (facts and declarations), `equations.json` (typeset pictures) and `marginalia.code-snippets`.
 * Nothing is written while anything is wrong: every fault is listed with its file and line.
 */
import * as esbuild from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createTypesetter } from './equations.mjs';
import { kernelPlugin } from './kernel.mjs';
import { codeSnippets, regionOf, signatureFault, withoutTypes } from './snippets.mjs';

/**
 * Builds the methods.
 *
 * @param {object} options
 * @param {string} options.root the repository
 * @param {string} options.dist where to write
 * @param {string} [options.snippets] where the folders of the methods lie; default `<root>/snippets`
 * @param {string} [options.cache] where typeset equations and read declarations are kept between builds
 * @returns {Promise<{ methods: number, equations: number, equationBytes: number, snippets: number }>} what was written
 * @throws {Error} with one line `file:line: message` a fault, where something in the folders is wrong
 */
export async function buildMethods({
  root,
  dist,
  snippets = join(root, 'snippets'),
  cache = join(root, 'out/cache/methods'),
}) {
  await mkdir(cache, { recursive: true });
  const cards = await loadCardModule(root, cache);
  const { folders, problems } = await readFolders(root, snippets, cards);
  problems.push(...cards.checkCards(folders.map(({ placed }) => placed)));
  for (const folder of folders) problems.push(...snippetProblems(folder));

  const [pictures, descriptions, editorSnippets, verdicts] = await Promise.all([
    typesetAll(root, cache, folders, problems),
    describeAll(root, cache, folders, problems),
    problems.length === 0 ? snippetsOf(root, cache, folders) : {},
    recordedVerdicts(root, snippets, cards, problems),
  ]);
  if (problems.length > 0) throw failure(problems);

  const hashes = await hashAll(root, cache, folders);
  const methods = folders.map(({ placed: { card } }, i) => {
    const hash = hashes[i];
    const recorded = verdicts[card.id];
    // A verdict on an experiment that has changed since is no longer one.
    if (recorded?.hash !== hash) return cards.cardToMethod(card, descriptions[i], { hash });
    const { verdict, effect, conditions, seeds, seconds, engine, sabotage } = recorded;
    const shown = { verdict, effect, conditions, seeds, seconds, engine, sabotage };
    return cards.cardToMethod(card, descriptions[i], { hash, verdict: shown });
  });
  const equations = Object.fromEntries(methods.map(({ id }, i) => [id, pictures[i]]));
  const equationText = JSON.stringify(equations);
  await mkdir(dist, { recursive: true });
  await Promise.all([
    writeFile(join(dist, 'methods.json'), JSON.stringify({ methods })),
    writeFile(join(dist, 'equations.json'), equationText),
    writeFile(join(dist, 'marginalia.code-snippets'), JSON.stringify(editorSnippets, null, 1)),
  ]);
  return {
    methods: methods.length,
    equations: pictures.flat().length,
    equationBytes: Buffer.byteLength(equationText),
    snippets: folders.length,
  };
}

/** `src/corpus/card.ts` and `src/corpus/verdicts.ts`, compiled. */
async function loadCardModule(root, cache) {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    stdin: {
      contents: "export * from './src/corpus/card.ts'; export * from './src/corpus/verdicts.ts';",
      resolveDir: root,
    },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
  });
  const file = join(cache, `card-${hashOf(outputFiles[0].text)}.mjs`);
  await writeWhole(file, outputFiles[0].text);
  return import(pathToFileURL(file).href);
}

/** Reads and checks every method's folder by itself, in the order of the methods' ids. */
async function readFolders(root, snippets, { readCard }) {
  const problems = [];
  const folders = [];
  for (const family of await subfolders(snippets)) {
    for (const id of await subfolders(join(snippets, family.name))) {
      const folder = join(snippets, family.name, id.name);
      const shown = (name) => relative(root, join(folder, name)).replaceAll('\\', '/');
      const names = (await listing(folder)).map(({ name }) => name);
      const wanted = ['card.yaml', 'experiment.ts'];
      for (const name of wanted.filter((name) => !names.includes(name)))
        problems.push(fault(shown(name), 1, 'is missing'));
      for (const name of names.filter((name) => !wanted.includes(name))) {
        problems.push(fault(shown(name), 1, 'does not belong here: a method is its card.yaml and its experiment.ts'));
      }
      if (!wanted.every((name) => names.includes(name))) continue;
      const [cardText, source] = await Promise.all(wanted.map((name) => readFile(join(folder, name), 'utf8')));
      const place = { file: shown('card.yaml'), family: family.name, id: id.name };
      const { placed, problems: found } = readCard(cardText, place);
      problems.push(...found);
      if (placed)
        folders.push({
          ...{ placed, cardText, source },
          ...{ experiment: join(folder, 'experiment.ts'), shown: shown('experiment.ts') },
        });
    }
  }
  folders.sort((a, b) => (a.placed.card.id < b.placed.card.id ? -1 : 1));
  return { folders, problems };
}

/** What `marginalia verify` found last, where it was asked to keep it. */
async function recordedVerdicts(root, snippets, { readVerdicts }, problems) {
  const file = join(snippets, 'verdicts.json');
  const text = await readFile(file, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  const { verdicts, problems: found } = readVerdicts(text, relative(root, file).replaceAll('\\', '/'));
  problems.push(...found);
  return verdicts;
}

/**
 * For each method a hash of what the verdict on its claim depends on: the files of its folder, and the code of the sdk that
 * its experiment uses. What only checks a declaration is left out.
 */
async function hashAll(root, cache, folders) {
  const version = hashOf(...(await sdkSources(root)), esbuild.version);
  const keys = folders.map(({ source }) => hashOf(version, source));
  const bundles = await remembered(join(cache, 'bundles.json'), keys, async (i) => {
    const { outputFiles } = await esbuild.build({
      ...bundling(root),
      entryPoints: [folders[i].experiment],
      external: ['./src/runtime/sdk/declare.ts'],
      write: false,
      minifyWhitespace: true,
      legalComments: 'none',
    });
    return hashOf(outputFiles[0].text);
  });
  return folders.map(({ cardText, source }, i) => hashOf(cardText, source, bundles[i]));
}

/** How experiments are compiled together with the sdk. */
function bundling(root) {
  return {
    absWorkingDir: root,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    plugins: [kernelPlugin()],
    alias: { marginalia: join(root, 'src/runtime/sdk/index.ts') },
    logLevel: 'silent',
  };
}

/** The folders in a folder. */
async function subfolders(folder) {
  return (await listing(folder)).filter((entry) => entry.isDirectory());
}

async function listing(folder) {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter(({ name }) => !name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What is wrong with the snippet of one method and with the frame of its experiment. */
function snippetProblems({ placed, source, shown }) {
  const problems = [];
  if (!/^import \{[^}]*\} from 'marginalia';/.test(source)) {
    problems.push(
      fault(shown, 1, `must begin with "import { … } from 'marginalia';": a scaffold continues from there`),
    );
  }
  const { prefix, signature } = placed.card.snippet;
  const region = regionOf(source, prefix);
  if (region.fault) return [...problems, fault(shown, region.line, region.fault)];
  const signatureProblem = signatureFault(signature, region.lines);
  if (signatureProblem) {
    const line = placed.lineOf('snippet', 'signature');
    problems.push(fault(placed.file, line, `snippet.signature ${signatureProblem} (${shown}:${region.line})`));
  }
  return problems;
}

/** The editor snippets of all methods. */
async function snippetsOf(root, cache, folders) {
  const layout = JSON.parse(await readFile(join(root, '.prettierrc.json'), 'utf8'));
  const version = await readFile(join(root, 'scripts/build/snippets.mjs'), 'utf8');
  const regions = folders.map(({ placed, source }) => regionOf(source, placed.card.snippet.prefix).lines);
  const keys = regions.map((lines) => hashOf(version, JSON.stringify(layout), lines.join('\n')));
  const plain = await remembered(join(cache, 'snippets.json'), keys, async (i) => withoutTypes(regions[i], layout));
  return codeSnippets(
    folders.map(({ placed: { card } }, i) => ({
      prefix: card.snippet.prefix,
      description: `${card.snippet.about}\n${card.paper.title} (${card.paper.year})`,
      lines: regions[i],
      plain: plain[i],
    })),
  );
}

/** Typesets the equations of all cards. MathJax starts only when there is a new one. */
async function typesetAll(root, cache, folders, problems) {
  const version = hashOf(
    await readFile(join(root, 'scripts/build/equations.mjs'), 'utf8'),
    await readFile(join(root, 'node_modules/@mathjax/src/package.json'), 'utf8'),
  );
  const equations = folders.flatMap(({ placed }) => placed.card.math.map(({ tex }, i) => ({ placed, tex, i })));
  const keys = equations.map(({ tex }) => hashOf(version, tex));
  let typeset;
  const pictures = await remembered(join(cache, 'equations.json'), keys, async (n) => {
    const { placed, tex, i } = equations[n];
    try {
      typeset ??= await createTypesetter();
      return await typeset(tex);
    } catch (error) {
      problems.push(fault(placed.file, placed.lineOf('math', i, 'tex'), `math[${i}].tex: ${error.message}`));
    }
  });
  return folders.map((folder) => pictures.filter((_, n) => equations[n].placed === folder.placed));
}

/** What every experiment declares, by loading those that changed, or all where the sdk did. */
async function describeAll(root, cache, folders, problems) {
  const version = hashOf(...(await sdkSources(root)));
  const keys = folders.map(({ source }) => hashOf(version, source));
  let loaded;
  const descriptions = await remembered(join(cache, 'descriptions.json'), keys, async (i, unknown) => {
    loaded ??= await loadDescriptions(root, cache, unknown.map((k) => folders[k]), problems); // prettier-ignore
    return loaded.get(folders[i]);
  });
  folders.forEach(({ placed, source, shown }, i) => {
    const { id } = placed.card;
    if (!descriptions[i] || descriptions[i].paper === id) return;
    const line = lineAt(source, Math.max(0, source.search(/\bpaper:/)));
    problems.push(fault(shown, line, `declares the paper "${descriptions[i].paper}", but the card's id is "${id}"`));
  });
  return descriptions;
}

/**
 * One value for each key: from the file that an earlier build left, else made. What could not be made (`undefined`) is
 * tried again next time.
 * @param make receives the index of a key and the indices of all keys that are not in the file
 */
async function remembered(file, keys, make) {
  const known = await readJson(file);
  const unknown = keys.flatMap((key, i) => (known[key] === undefined ? [i] : []));
  for (const i of unknown) known[keys[i]] ??= await make(i, unknown);
  if (unknown.length > 0) {
    await writeWhole(file, JSON.stringify(Object.fromEntries(keys.map((key) => [key, known[key]]))));
  }
  return keys.map((key) => known[key]);
}

async function sdkSources(root) {
  const folder = join(root, 'src/runtime/sdk');
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts')).sort();
  return Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
}

/** Compiles experiments together with one sdk, imports each and asks it what it declares. */
async function loadDescriptions(root, cache, folders, problems) {
  const descriptions = new Map();
  const sdk = join(root, 'src/runtime/sdk/index.ts');
  const outdir = join(cache, `experiments-${process.pid}-${hashOf(String(performance.now()))}`);
  const experimentOf = new Map(folders.map((folder) => [folder.placed.card.id, folder]));
  try {
    await esbuild.build({
      ...bundling(root),
      entryPoints: [
        { in: sdk, out: 'sdk' },
        ...folders.map(({ placed, experiment }) => ({ in: experiment, out: `${placed.card.id}/experiment` })),
      ],
      outdir,
      outExtension: { '.js': '.mjs' },
      splitting: true,
      sourcemap: 'inline',
    });
    process.setSourceMapsEnabled(true);
    const { describe, isExperiment } = await import(pathToFileURL(join(outdir, 'sdk.mjs')).href);
    for (const [id, folder] of experimentOf) {
      try {
        const module = await import(pathToFileURL(join(outdir, id, 'experiment.mjs')).href);
        if (!isExperiment(module.default)) throw new Error('its default export is not made by experiment()');
        descriptions.set(folder, describe(module.default));
      } catch (error) {
        const [, line] = /experiment\.ts:(\d+)/.exec(String(error.stack)) ?? [];
        problems.push(fault(folder.shown, Number(line ?? 1), error.message));
      }
    }
  } catch (error) {
    if (!Array.isArray(error.errors)) throw error;
    for (const { text, location } of error.errors) {
      const file = location?.file ?? relative(root, folders[0].experiment);
      problems.push(fault(file.replaceAll('\\', '/'), location?.line ?? 1, text));
    }
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
  return descriptions;
}

function fault(file, line, message) {
  return { file, line, severity: 'error', message };
}

function failure(problems) {
  const lines = problems
    .toSorted((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1))
    .map(({ file, line, message }) => `${file}:${line}: ${message}`);
  const error = new Error([...new Set(lines)].join('\n'));
  // Where in the build the faults were collected helps nobody.
  error.stack = error.message;
  return error;
}

function lineAt(source, offset) {
  return source.slice(0, offset).split('\n').length;
}

function hashOf(...texts) {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}:`).update(text);
  return hash.digest('hex').slice(0, 32);
}

/** What an earlier build kept; anything unreadable counts as nothing. */
async function readJson(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return {};
  }
}

/** Writes so that a build running at the same time sees the old file or the new one, never half of it. */
async function writeWhole(file, text) {
  const draft = join(dirname(file), `.${basename(file)}-${process.pid}-${hashOf(String(performance.now()))}`);
  await writeFile(draft, text);
  await rename(draft, file);
}
