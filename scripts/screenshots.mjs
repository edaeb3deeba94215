/**
 * Takes the pictures of the README's tour anew: `node scripts/screenshots.mjs`. They are those that the browser tests of
 * the views take, so that they show what was tested.
 */
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { start } from './tools/processes.mjs';
import { outFolder, root } from './tools/root.mjs';

/** Views in the tour, each in a dark and in a light theme. */
const views = ['lenses', 'hover', 'dashboard', 'paper-page'];

const taken = join(outFolder, 'screenshots');
const images = join(root, 'docs/images');
rmSync(taken, { recursive: true, force: true });
const tests = start(process.execPath, ['scripts/test.mjs', 'browser', '--grep', 'the views'], {
  cwd: root,
  stdio: 'inherit',
});
const code = await new Promise((resolve) => tests.once('exit', resolve));
if (code !== 0) {
  console.error('The tests that take the pictures failed; docs/images is as it was.');
  process.exit(1);
}
mkdirSync(images, { recursive: true });
for (const view of views) {
  for (const theme of ['dark', 'light']) {
    copyFileSync(join(taken, `${view}-${theme}.png`), join(images, `${view}-${theme}.png`));
  }
}
console.log(`Copied ${views.length * 2} pictures to docs/images.`);
