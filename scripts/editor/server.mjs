/** Serves the embedded editor on this machine only. */
import { createWriteStream, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { end, must, start } from '../tools/processes.mjs';

/**
 * @typedef {object} ServedEditor
 * @property {string} address `http://127.0.0.1:<port>`
 * @property {number} port
 * @property {() => Promise<void>} stop
 * @property {Promise<number | null>} ended
 */

/**
 * Settings that keep the editor to itself: no account prompts, no welcome pages, nothing from a network.
 */
const quietSettings = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'security.workspace.trust.startupPrompt': 'never',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/**
 * Starts VS Code's server.
 * @param {import('./embedded.mjs').EmbeddedEditor} editor
 * @param {object} options
 * @param {string} options.folder where the server keeps its data, its extensions and its log
 * @param {number} [options.port] default: any that is free
 * @param {string} [options.token] what a browser must present; none for tests
 * @param {boolean} [options.trusted] whether every workspace is trusted (default true)
 * @param {boolean} [options.development] whether the address may name an extension under development and its tests
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {Readonly<Record<string, unknown>>} [options.settings] the user's, beside those that keep the editor to itself
 * @returns {Promise<ServedEditor>}
 */
export async function serveEditor(editor, options) {
  const { data, extensions } = prepareFolders(options.folder);
  const userSettings = join(data, 'data/User/settings.json');
  if (options.settings || !existsSync(userSettings)) {
    mkdirSync(dirname(userSettings), { recursive: true });
    writeFileSync(userSettings, JSON.stringify({ ...quietSettings, ...options.settings }, null, 2));
  }
  const log = join(options.folder, 'server.log');
  const child = start(
    editor.node,
    [
      editor.server,
      ...['--host', '127.0.0.1', '--port', String(options.port ?? 0)],
      ...(options.token ? ['--connection-token', options.token] : ['--without-connection-token']),
      ...(options.trusted === false ? [] : ['--disable-workspace-trust']),
      ...(options.development ? ['--enable-smoke-test-driver'] : []),
      ...['--accept-server-license-terms', '--disable-telemetry'],
      ...['--server-data-dir', data, '--extensions-dir', extensions],
    ],
    { env: options.env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const file = createWriteStream(log);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const port = await new Promise((resolve, reject) => {
    let output = '';
    /** @param {Buffer} chunk */
    const take = (chunk) => {
      file.write(chunk);
      if (output === undefined) return;
      output += chunk.toString();
      const found = /Extension host agent listening on (\d+)/.exec(output);
      if (found) resolve(Number(found[1]));
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(
        new Error(
          `The editor's server ended with code ${code} before it listened:\n${output.slice(-2000)}\nIts log is ${log}.`,
        ),
      ),
    );
  });
  return {
    address: `http://127.0.0.1:${port}`,
    port,
    ended,
    async stop() {
      await end(child);
      file.end();
    },
  };
}

/**
 * Installs a packaged extension where `serveEditor` with the same folder finds it.
 * @param {import('./embedded.mjs').EmbeddedEditor} editor
 * @param {string} folder
 * @param {string} vsix
 */
export async function installExtension(editor, folder, vsix) {
  const { data, extensions } = prepareFolders(folder);
  await must(editor.node, [
    editor.server,
    ...['--install-extension', vsix, '--force'],
    ...['--accept-server-license-terms', '--server-data-dir', data, '--extensions-dir', extensions],
  ]);
}

/** @param {string} folder */
function prepareFolders(folder) {
  const data = join(folder, 'data');
  const extensions = join(folder, 'extensions');
  mkdirSync(extensions, { recursive: true });
  return { data, extensions };
}
