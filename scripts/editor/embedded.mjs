/**
 * The embedded editor: the real VS Code, served on localhost, from npm packages alone. For machines without desktop VS
 * Code, or that cannot download one for tests.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { withLock } from '../tools/lock.mjs';
import { must } from '../tools/processes.mjs';
import { during } from '../tools/progress.mjs';
import { cacheFolder } from '../tools/root.mjs';
import { compilerNeeds, ensureSystemPackages } from '../tools/system-packages.mjs';

/** code-server carries VS Code 1.139.1 and wants Node 24; the Node package brings the headers for its native modules. */
const packages = {
  'code-server': '4.139.1',
  [`node-${process.platform}-${process.arch}`]: '24.21.0',
};
const nodePackage = `node-${process.platform}-${process.arch}`;

/** The VS Code that this code-server serves. */
export const embeddedVersion = '1.139.1';

/**
 * @typedef {object} EmbeddedEditor
 * @property {string} node program of the Node that it runs on
 * @property {string} server script of VS Code's server
 */

/**
 * Installs the embedded editor where it is not there yet (about 3.5 minutes, once).
 * @param {string} [folder]
 * @returns {Promise<EmbeddedEditor>}
 */
export async function ensureEmbeddedEditor(folder = join(cacheFolder, 'embedded')) {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    throw new Error(
      `The embedded editor runs on Linux x64 and arm64, and this is ${process.platform} ${process.arch}. ` +
        'Install desktop VS Code and its shell command `code`, and run the command again.',
    );
  }
  const modules = join(folder, 'node_modules');
  const editor = {
    node: join(modules, nodePackage, 'bin/node'),
    server: join(modules, 'code-server/lib/vscode/out/server-main.js'),
  };
  const stamp = join(folder, 'installed.json');
  const wanted = JSON.stringify(packages);
  const installed = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && existsSync(editor.node);
  if (installed()) return editor;
  await withLock(`${folder}.lock`, 'installing the embedded editor', async () => {
    if (installed()) return;
    await ensureSystemPackages(compilerNeeds, 'build the embedded editor');
    console.log(
      `Installing the embedded editor, VS Code ${embeddedVersion}, once, into ${folder} (about four minutes).`,
    );
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    await during('Downloading the editor', (detail) =>
      must(
        'npm',
        ['install', '--ignore-scripts', ...Object.entries(packages).map(([name, version]) => `${name}@${version}`)],
        { cwd: folder, onLine: detail, log: `${folder}.download.log` },
      ),
    );
    await during("Building the editor's native modules", (detail) =>
      must('sh', ['postinstall.sh'], {
        cwd: join(modules, 'code-server'),
        env: {
          ...process.env,
          PATH: `${join(modules, nodePackage, 'bin')}${delimiter}${process.env['PATH']}`,
          npm_config_nodedir: join(modules, nodePackage),
          npm_config_user_agent: 'npm/11 node/v24.21.0',
          // npm holds back what install scripts print; shown, it is the progress of the long part.
          npm_config_foreground_scripts: 'true',
          npm_config_jobs: 'max',
        },
        onLine: (line) => {
          const compiled = /^(?:CXX|CC|SOLINK_MODULE|AR)\(target\) \S*?([^/]+)$/.exec(line);
          if (compiled) detail(`compiling ${compiled[1]}`);
        },
        log: `${folder}.build.log`,
      }),
    );
    writeFileSync(stamp, wanted);
  });
  return editor;
}
