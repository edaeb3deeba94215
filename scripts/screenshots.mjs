/**
 * Takes the pictures of the README's tour anew: `node scripts/screenshots.mjs`. They are those that the browser tests of
 * the views take, so that they show what was tested.
 */
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { start } from './tools/processes.mjs';
import { outFolder, root } from './tools/root.mjs';

/** The pictures of the tour, each in one kind of theme. */
const pictures = ['dashboard-light', 'hover-dark', 'scaffold-light', 'charts-dark', 'paper-page-light'];

const taken = join(outFolder, 'screenshots');
const images = join(root, 'docs/images');
rmSync(taken, { recursive: true, force: true });
const tests = start(process.execPath, ['scripts/test.mjs', 'browser', '--grep', 'the views in'], {
  cwd: root,
  stdio: 'inherit',
});
const code = await new Promise((resolve) => tests.once('exit', resolve));
if (code !== 0) {
  console.error('The tests that take the pictures failed; docs/images is as it was.');
  process.exit(1);
}
rmSync(images, { recursive: true, force: true });
mkdirSync(images, { recursive: true });
for (const picture of pictures) copyFileSync(join(taken, `${picture}.png`), join(images, `${picture}.png`));
console.log(`Copied ${pictures.length} pictures to docs/images.`);
