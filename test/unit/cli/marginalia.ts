import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const program = resolve('dist/cli.js');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the built program as a terminal would, without a terminal. */
export function start(args: readonly string[], folder: string, env: NodeJS.ProcessEnv = process.env) {
  if (!existsSync(program)) throw new Error(`${program} is missing. Build first: npm run build`);
  const child = spawn(process.execPath, [program, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const ended = new Promise<Ended>((settle, reject) => {
    child.once('error', reject);
    child.once('close', (code) => settle({ code, ...output }));
  });
  return { child, output, ended };
}

/** Runs the built program to its end. */
export function marginalia(
  args: readonly string[],
  folder = process.cwd(),
  env: NodeJS.ProcessEnv = process.env,
): Promise<Ended> {
  return start(args, folder, env).ended;
}

/** A folder of its own that counts as a workspace; gone after the test. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'marginalia-cli-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
