import { appendFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { processExists } from '../runs/processes.ts';
import { compileAddon } from './compile-addon.ts';
import { installPackage, installPrebuiltAddon } from './install-package.ts';
import {
  cacheFolder,
  findInstallation,
  installationFolder,
  setupLog,
  type Installation,
  type InstallationRecord,
} from './installation.ts';
import { runProgram } from './run-program.ts';
import { SetupError } from './setup-error.ts';

export interface SetupOptions {
  /** Folder of the built product, which holds `tensorflow-check.cjs`. */
  readonly distribution: string;
  /** Called when a step begins, with a line for a person. */
  readonly report: (step: string) => void;
  /** Called with everything the steps print, in lines; the log file has it too. */
  readonly log: (line: string) => void;
  /** Ends the setup; what it had begun is removed, but for large downloads. */
  readonly signal: AbortSignal;
}

export interface Setup extends Installation {
  /** Whether it was there already. */
  readonly found: boolean;
}

/** Programs to run and someone to tell, as every step needs them. */
interface Steps extends SetupOptions {
  /** Where large downloads wait for a setup that was stopped to be started again. */
  readonly downloads: string;
}

/**
 * Gets native TensorFlow working for this user. An installation that is there and computes is left as it is. Else the
 * package is installed, first with its own install step, which downloads a prebuilt addon; where that fails, or its addon
 * does not compute on this Node, with the addon compiled against the libtensorflow of a TensorFlow wheel. All this goes on
 * in a folder that nobody else looks at; it is moved to its place when it has computed correctly in a process of its own.
 *
 * Setups of two processes at once do no harm: each builds its own, and the later one replaces the earlier. One process does
 * one at a time.
 *
 * @throws SetupError where neither way works; the message names both reasons. The signal's reason where that ended it.
 */
export async function setUpTensorFlow(options: SetupOptions): Promise<Setup> {
  const cache = cacheFolder();
  const target = installationFolder(cache);
  const parent = dirname(target);
  await mkdir(parent, { recursive: true });
  const downloads = join(parent, 'downloads');
  const steps: Steps = { ...(await withLogFile(setupLog(cache), options)), downloads };

  await removeLeftovers(parent);
  const present = findInstallation(cache);
  if (present !== undefined) {
    steps.report('Checking the installation that is there');
    try {
      await check(present.folder, steps);
      return { ...present, found: true };
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      steps.log(`What is there does not compute, and is set up anew: ${error.message}`);
    }
  }

  const folder = join(parent, `${unfinished}${process.pid}`);
  try {
    await mkdir(folder);
    const record = await install(folder, steps);
    await writeFile(join(folder, 'ready.json'), JSON.stringify(record, undefined, 2));
    options.signal.throwIfAborted();
    await rm(target, { recursive: true, force: true });
    await rename(folder, target);
    return { folder: target, record, found: false };
  } finally {
    await rm(folder, { recursive: true, force: true });
    if (!options.signal.aborted) await rm(downloads, { recursive: true, force: true });
  }
}

/** The ways to get an addon, best first. */
const ways: readonly (readonly [InstallationRecord['how'], (folder: string, steps: Steps) => Promise<void>])[] = [
  [
    'standard',
    async (folder, steps) => {
      steps.report('Installing the prebuilt addon');
      await installPrebuiltAddon(folder, steps);
    },
  ],
  ['compiled', compileAddon],
];

async function install(folder: string, steps: Steps): Promise<InstallationRecord> {
  const { report, log, signal } = steps;
  report('Installing @tensorflow/tfjs-node');
  await installPackage(folder, steps).catch((error: unknown) => {
    if (!(error instanceof SetupError)) throw error;
    throw new SetupError(`Native TensorFlow could not be set up: ${error.message}. ${whatNow()}`);
  });
  const reasons: string[] = [];
  for (const [how, getAddon] of ways) {
    try {
      await getAddon(folder, steps);
      report('Checking that it computes');
      return { ...(await check(folder, steps)), how, finished: new Date().toISOString() };
    } catch (error) {
      if (signal.aborted) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      log(`The ${how} way failed: ${reason}`);
      reasons.push(`${how === 'standard' ? 'The prebuilt addon' : 'Compiling it'}: ${reason}`);
    }
  }
  throw new SetupError(`Native TensorFlow could not be set up. ${reasons.join('. ')}. ${whatNow()}`);
}

function whatNow(): string {
  return `Experiments go on with the wasm engine. Every step is in ${setupLog()}`;
}

/** How the folders begin in which setups work; the id of the process follows. */
const unfinished = 'setup-';

/** Removes what setups left whose process was killed. */
async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = name.startsWith(unfinished) ? Number(name.slice(unfinished.length)) : NaN;
    if (Number.isInteger(pid) && (pid === process.pid || !processExists(pid))) {
      await rm(join(parent, name), { recursive: true, force: true });
    }
  }
}

/** Has every step and every line written to a file as well, which begins afresh. */
async function withLogFile(file: string, options: SetupOptions): Promise<SetupOptions> {
  await writeFile(file, `Set up native TensorFlow, ${new Date().toISOString()}, Node ${process.version}\n`);
  const began = performance.now();
  const log = (line: string) => {
    appendFileSync(file, `${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);
    options.log(line);
  };
  return {
    ...options,
    log,
    report(step) {
      log(`${step} …`);
      options.report(step);
    },
  };
}

const checkSchema = v.object({ tfjsNode: v.string(), libtensorflow: v.string() });

/** Computes with an installation in a process of its own. @throws SetupError where it does not come to the right numbers */
async function check(folder: string, { distribution, ...steps }: Steps): Promise<v.InferOutput<typeof checkSchema>> {
  const script = join(distribution, 'tensorflow-check.cjs');
  const lines = await runProgram(process.execPath, [script, folder], { cwd: folder, ...steps });
  const last = lines.at(-1) ?? '';
  try {
    return v.parse(checkSchema, JSON.parse(last));
  } catch {
    throw new SetupError(`the check ended with "${last}" instead of its versions`);
  }
}
