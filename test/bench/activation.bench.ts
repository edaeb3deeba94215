import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBrowser } from '../../scripts/editor/browser.mjs';
import { ensureEmbeddedEditor } from '../../scripts/editor/embedded.mjs';
import { runInEditor } from '../../scripts/testing/editor-suite.mjs';
import { resultsFile } from '../../scripts/testing/node-suite.mjs';
import { loadedBytes } from '../../scripts/tools/loaded-code.mjs';
import { outFolder, root } from '../../scripts/tools/root.mjs';
import type { BenchRow } from './bench-row.ts';
import type { Activation } from './activation/activation.test.ts';

const windows = 3;

/** What the extension costs a window that opens: time in the extension host, and code. */
export async function bench(): Promise<BenchRow[]> {
  const editor = await ensureEmbeddedEditor();
  const browser = await ensureBrowser();
  const extension = dormantExtension();
  const measured: Activation[] = [];
  for (let window = 0; window < windows; window += 1) {
    const name = 'bench-activation';
    const problem = await runInEditor(
      { kind: 'embedded', editor, browser },
      {
        name,
        folder: 'bench',
        files: ['activation/activation.test.ts'],
        trusted: true,
        extension,
        results: resultsFile(name),
        verbose: false,
      },
    );
    if (problem !== undefined) throw new Error(`The activation could not be measured: ${problem}.`);
    const file = join(outFolder, 'editor', name, 'activation.json');
    measured.push(JSON.parse(readFileSync(file, 'utf8')) as Activation);
  }
  const metafile = JSON.parse(readFileSync(join(outFolder, 'metafile.json'), 'utf8')) as Parameters<
    typeof loadedBytes
  >[0];
  const entry = Object.keys(metafile.outputs).find((path) => path.endsWith('/extension.js'));
  if (entry === undefined) throw new Error('The metafile of the build has no extension.js.');
  const note = `median of ${windows} windows of the served editor`;
  return [
    {
      name: 'activation, CPU of the extension host',
      value: median(measured.map(({ cpu }) => cpu)),
      unit: 'ms',
      aim: 30,
      note,
    },
    { name: 'activation, time', value: median(measured.map(({ time }) => time)), unit: 'ms', note },
    {
      name: 'code loaded at activation',
      value: loadedBytes(metafile, entry) / 1024,
      unit: 'KB',
      aim: 250,
      note: 'extension.js and what it imports statically',
    },
  ];
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

/**
 * The extension as it is, but for what wakes it: an editor may open a file of its own before anything can be measured, and
 * every file wakes the extension.
 *
 * @returns absolute path of its folder
 */
function dormantExtension(): string {
  const folder = join(outFolder, 'bench-extension');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as object;
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, activationEvents: [] }));
  for (const part of ['dist', 'media', 'snippets']) symlinkSync(join(root, part), join(folder, part), 'junction');
  return folder;
}
