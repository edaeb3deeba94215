/**
 * From a fresh clone to an editor with the extension in it: `npm start [-- --port <number>]`.
 * Desktop VS Code where `code` is on PATH; else the embedded one, served to a browser on this machine only.
 */
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureEmbeddedEditor } from './editor/embedded.mjs';
import { installExtension, serveEditor } from './editor/server.mjs';
import { ensureBuilt } from './tools/build.mjs';
import { ensureDependencies, requireNode } from './tools/dependencies.mjs';
import { findProgram, isEnding, must, start } from './tools/processes.mjs';
import { during } from './tools/progress.mjs';
import { cacheFolder, root } from './tools/root.mjs';

const usualPort = 8537;

requireNode();
const { values: options } = parseArgs({ options: { port: { type: 'string' } } });
try {
  const asked = options.port === undefined ? undefined : portNumber(options.port);
  await ensureDependencies();
  await ensureBuilt();
  const workspace = sampleWorkspace();
  const code = findProgram('code');
  if (code) await openDesktop(code, workspace);
  else await serve(workspace, asked);
} catch (error) {
  if (!isEnding()) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

/** @param {string} text @returns {number} */
function portNumber(text) {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65536) return port;
  throw new Error(`--port takes a number from 1 to 65535, not "${text}".`);
}

/** A copy of the sample that a newcomer may edit; made once, kept from then on. @returns {string} */
function sampleWorkspace() {
  const workspace = join(cacheFolder, 'sample');
  if (!existsSync(workspace)) cpSync(join(root, 'test/workspaces/sample'), workspace, { recursive: true });
  return workspace;
}

/** @param {string} code @param {string} workspace */
async function openDesktop(code, workspace) {
  await during('Opening VS Code', () => must(code, ['--new-window', `--extensionDevelopmentPath=${root}`, workspace]));
  console.log(`VS Code shows ${workspace} with Marginalia in it.`);
}

/** @param {string} workspace @param {number | undefined} asked */
async function serve(workspace, asked) {
  const { packageExtension } = await import('./tools/vsix.mjs');
  console.log('There is no `code` on PATH: using the embedded VS Code.');
  const editor = await ensureEmbeddedEditor();
  const folder = join(cacheFolder, 'start');
  await installLatest(editor, folder, await packageExtension());
  if (asked !== undefined && !(await isFree(asked))) {
    throw new Error(`Port ${asked} is in use. Give another one with --port, or none.`);
  }
  const port = asked ?? ((await isFree(usualPort)) ? usualPort : 0);
  const token = keptToken(join(folder, 'token'));
  const served = await during('Starting the editor', () => serveEditor(editor, { folder, port, token }));
  const address = `${served.address}/?${new URLSearchParams({ tkn: token, folder: workspace })}`;
  console.log(`\nMarginalia in VS Code:  ${address}\n\nCtrl-C ends it.`);
  openInBrowser(address);
  const code = await served.ended;
  if (isEnding()) return;
  throw new Error(`The editor's server ended with code ${code}; its log is ${join(folder, 'server.log')}.`);
}

/**
 * Installs the packaged extension where it is not the one installed last time.
 * @param {import('./editor/embedded.mjs').EmbeddedEditor} editor
 * @param {string} folder
 * @param {string} vsix
 */
async function installLatest(editor, folder, vsix) {
  const stamp = join(folder, 'extension.inputs');
  const inputs = readFileSync(`${vsix}.inputs`, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs) return;
  await during('Installing the extension', () => installExtension(editor, folder, vsix));
  writeFileSync(stamp, inputs);
}

/** What keeps others on this machine out of the editor; the same each time, so that an open tab goes on. @param {string} file */
function keptToken(file) {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, randomBytes(16).toString('hex'), { mode: 0o600 });
  }
  return readFileSync(file, 'utf8');
}

/** @param {number} port @returns {Promise<boolean>} */
function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** @param {string} address */
function openInBrowser(address) {
  const program =
    process.platform === 'darwin'
      ? findProgram('open')
      : process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']
        ? findProgram('xdg-open')
        : undefined;
  if (program) start(program, [address], { stdio: 'ignore' }).once('error', () => undefined);
}
