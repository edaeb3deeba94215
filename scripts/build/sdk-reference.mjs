/**
 * Writes `docs/sdk.md`, the reference of the module `marginalia`, from the sources and their docstrings:
 * `node scripts/build/sdk-reference.mjs`. A test holds the page to what this makes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';
import { root } from '../tools/root.mjs';

const sdk = join(root, 'src/runtime/sdk');

/** Chapters of the reference: the files whose exports they hold, in the order in which a reader needs them. */
const chapters = [
  ['The experiment', ['declare', 'experiment', 'parameters', 'conditions', 'figure']],
  [
    'Random numbers and statistics',
    ['rng', 'statistics', 'normal-distribution', 'correlation', 'log-slope', 'gaussian-mixture'],
  ],
  ['Linear algebra and Gaussian processes', ['vectors', 'linear-algebra', 'gaussian-process', 'shifted-laplacian']],
  [
    'Networks and optimisers',
    [
      'dense-network',
      'dense-layers',
      'train-classifier',
      'reinforce',
      'recurrent-network',
      'transformer-network',
      'network-memory',
      'network-optimizer',
      'tensors',
      'nets',
      'adam',
      'optimizer-state',
      'logits',
    ],
  ],
  [
    'Worlds with states and actions',
    ['tabular-mdp', 'finite-horizon', 'random-mdp', 'gridworld', 'top-spin', 'a-star', 'function-games'],
  ],
  ['Tokens and preferences', ['token-mdp', 'modular-chain', 'preferences', 'pairwise']],
  ['Data', ['glyphs', 'spirals', 'classification', 'absolute-regression']],
];

const introduction = `# The module \`marginalia\`

What an experiment imports. Generated from the docstrings in \`src/runtime/sdk\`; do not edit it by hand. How an experiment is
put together stands in [experiments.md](experiments.md).`;

/** The page as it should be. @returns {Promise<string>} */
export async function sdkReference() {
  const exported = exportsOfIndex();
  const known = new Set(chapters.flatMap(([, files]) => files));
  const rest = [...exported.keys()].filter((file) => !known.has(file));
  const all = rest.length === 0 ? chapters : [...chapters, /** @type {const} */ (['More', rest])];
  const parts = [introduction];
  for (const [title, files] of all) {
    const entries = files.flatMap((file) => entriesOf(String(file), exported.get(String(file)) ?? []));
    if (entries.length > 0) parts.push(`## ${title}`, ...entries);
  }
  const file = join(root, 'docs/sdk.md');
  return format(`${parts.join('\n\n')}\n`, { ...(await resolveConfig(file)), filepath: file });
}

/** Names that `index.ts` passes on to experiments, by the file that declares them. @returns {Map<string, string[]>} */
function exportsOfIndex() {
  const source = parse(join(sdk, 'index.ts'));
  const found = new Map();
  for (const statement of source.statements) {
    if (!ts.isExportDeclaration(statement) || !statement.moduleSpecifier || !statement.exportClause) continue;
    if (ts.getJSDocTags(statement).some(({ tagName }) => tagName.text === 'internal')) continue;
    if (!ts.isNamedExports(statement.exportClause) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const file = basename(statement.moduleSpecifier.text, '.ts');
    const names = statement.exportClause.elements.map(({ name }) => name.text);
    found.set(file, [...(found.get(file) ?? []), ...names]);
  }
  return found;
}

/**
 * @param {string} file without its ending
 * @param {readonly string[]} names
 * @returns {string[]} one piece of Markdown for each
 */
function entriesOf(file, names) {
  if (names.length === 0) return [];
  const path = join(sdk, `${file}.ts`);
  const source = parse(path);
  const entries = [];
  for (const statement of source.statements) {
    const name = nameOf(statement);
    if (name === undefined || !names.includes(name)) continue;
    const { text, params } = docsOf(statement);
    const lines = [`### ${name}`, text, `\`\`\`ts\n${signatureOf(statement, source)}\n\`\`\``, params];
    entries.push(lines.filter((line) => line !== '').join('\n\n'));
  }
  // What only passes through is somebody else's to describe.
  const foreign = names.filter((name) => !source.statements.some((statement) => nameOf(statement) === name));
  if (foreign.length > 0) {
    entries.push(`Types of TensorFlow.js, passed on: ${foreign.map((name) => `\`${name}\``).join(', ')}.`);
  }
  return entries;
}

/** @param {ts.Statement} statement @returns {string | undefined} */
function nameOf(statement) {
  if (ts.isVariableStatement(statement)) {
    const [declaration] = statement.declarationList.declarations;
    return declaration && ts.isIdentifier(declaration.name) ? declaration.name.text : undefined;
  }
  const named =
    ts.isFunctionDeclaration(statement) || ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
  return named ? statement.name?.text : undefined;
}

/** The declaration without a function's body. @param {ts.Statement} statement @param {ts.SourceFile} source */
function signatureOf(statement, source) {
  const whole = statement.getText(source).replace(/^export /, '');
  if (!ts.isFunctionDeclaration(statement) || !statement.body) return whole;
  return whole.slice(0, statement.body.getStart(source) - statement.getEnd()).trimEnd();
}

/** @param {ts.Statement} statement */
function docsOf(statement) {
  const [doc] = ts.getJSDocCommentsAndTags(statement).filter(ts.isJSDoc);
  const tags = (doc?.tags ?? []).map((tag) => {
    const comment = (ts.getTextOfJSDocComment(tag.comment) ?? '').replace(/^-\s*/, '');
    if (ts.isJSDocParameterTag(tag)) return `- \`${tag.name.getText()}\`: ${comment}`;
    const label = { returns: 'Returns', throws: 'Throws', typeParam: 'Type' }[tag.tagName.text];
    return label === undefined ? '' : `- ${label} ${comment}`;
  });
  return { text: ts.getTextOfJSDocComment(doc?.comment) ?? '', params: tags.filter(Boolean).join('\n') };
}

/** @param {string} file */
function parse(file) {
  return ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true);
}

if (process.argv[1] === import.meta.filename) writeFileSync(join(root, 'docs/sdk.md'), await sdkReference());
