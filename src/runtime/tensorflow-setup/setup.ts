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
  type Build,
  type Installation,
  type InstallationRecord,
} from './installation.ts';
import { gigabytes } from './nvidia-libraries.ts';
import { findNvidiaDriver } from './nvidia-driver.ts';
import { runProgram } from './run-program.ts';
import { SetupError } from './setup-error.ts';
import { bytesHere, wheelFor } from './wheels.ts';

export interface SetupOptions {
  /** Folder of the built product, which holds `tensorflow-check.cjs`. */
  readonly distribution: string;
  readonly build: Build;
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
  /** Why the build for GPUs computes on the processor, where it does. */
  readonly noGpu?: string;
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
 * The build for GPUs is always compiled: the prebuilt one is for a CUDA of years ago, which the machine would have to bring.
 *
 * Setups of two processes at once do no harm: each builds its own, and the later one replaces the earlier. One process does
 * one at a time.
 *
 * @throws SetupError where neither way works; the message names both reasons. The signal's reason where that ended it.
 */
export async function setUpTensorFlow(options: SetupOptions): Promise<Setup> {
  const cache = cacheFolder();
  const { build } = options;
  const target = installationFolder(build, cache);
  const parent = dirname(target);
  await mkdir(parent, { recursive: true });
  const downloads = join(parent, build === 'gpu' ? 'downloads-gpu' : 'downloads');
  const steps: Steps = { ...(await withLogFile(setupLog(cache), options)), downloads };

  await removeLeftovers(parent);
  const present = findInstallation(build, cache);
  if (present !== undefined) {
    steps.report('Checking the installation that is there');
    try {
      const { noGpu, ...checked } = await check(present.folder, steps);
      return {
        ...present,
        record: { ...present.record, ...checked },
        found: true,
        ...(noGpu !== undefined && { noGpu }),
      };
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      steps.log(`What is there does not compute, and is set up anew: ${error.message}`);
    }
  }

  const folder = join(parent, `${unfinished}${process.pid}`);
  try {
    await mkdir(folder);
    const { noGpu, ...record } = await install(folder, steps);
    await writeFile(join(folder, 'ready.json'), JSON.stringify(record, undefined, 2));
    options.signal.throwIfAborted();
    await rm(target, { recursive: true, force: true });
    await rename(folder, target);
    await rm(downloads, { recursive: true, force: true });
    return { folder: target, record, found: false, ...(noGpu !== undefined && { noGpu }) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Way = InstallationRecord['how'];

/** How to get an addon. What they resolve to belongs into the record. */
const ways: Readonly<Record<Way, (folder: string, steps: Steps) => Promise<Partial<InstallationRecord>>>> = {
  async standard(folder, steps) {
    steps.report('Installing the prebuilt addon');
    await installPrebuiltAddon(folder, steps);
    return {};
  },
  async compiled(folder, steps) {
    const nvidiaLibraries = await compileAddon(folder, steps);
    return nvidiaLibraries.length === 0 ? {} : { nvidiaLibraries: [...nvidiaLibraries] };
  },
};

/** Which ways there are to a build, best first. */
const waysTo: Readonly<Record<Build, readonly Way[]>> = { cpu: ['standard', 'compiled'], gpu: ['compiled'] };

async function install(folder: string, steps: Steps): Promise<InstallationRecord & Pick<Setup, 'noGpu'>> {
  const { build, report, log, signal } = steps;
  if (build === 'gpu') announceGpu(report);
  report('Installing @tensorflow/tfjs-node');
  await installPackage(folder, steps).catch((error: unknown) => {
    if (!(error instanceof SetupError)) throw error;
    throw new SetupError(`Native TensorFlow could not be set up: ${error.message}. ${whatNow()}`);
  });
  const reasons: string[] = [];
  for (const how of waysTo[build]) {
    let found: Partial<InstallationRecord> | undefined;
    try {
      found = await ways[how](folder, steps);
      report('Checking that it computes');
      const finished = new Date().toISOString();
      return { ...(await check(folder, steps)), how, build, ...found, finished };
    } catch (error) {
      if (signal.aborted) throw error;
      // What was made of them does not compute: nobody should begin with them again.
      if (found !== undefined) await rm(steps.downloads, { recursive: true, force: true });
      const reason = error instanceof Error ? error.message : String(error);
      log(`The ${how} way failed: ${reason}`);
      reasons.push(`${how === 'standard' ? 'The prebuilt addon' : 'Compiling it'}: ${reason}`);
    }
  }
  const kept = (await bytesHere(steps.downloads)) > 0 ? 'The wheels that are whole are kept for the next try. ' : '';
  throw new SetupError(`Native TensorFlow could not be set up. ${reasons.join('. ')}. ${kept}${whatNow()}`);
}

/** Says before a large download what it is good for here. @throws SetupError where there is no such build */
function announceGpu(report: Steps['report']): void {
  const { download, installed } = wheelFor('gpu');
  const driver = findNvidiaDriver();
  report(
    driver === undefined
      ? 'This machine has no NVIDIA driver: until it has, the build for GPUs computes on the processor'
      : `An NVIDIA driver is here (${driver})`,
  );
  report(
    `The build for GPUs downloads about ${gigabytes(download)} GB and takes about ${gigabytes(installed)} GB on the disk`,
  );
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

const checkSchema = v.object({ tfjsNode: v.string(), libtensorflow: v.string(), onGpu: v.boolean() });

type Checked = v.InferOutput<typeof checkSchema> & Pick<Setup, 'noGpu'>;

/** Computes with an installation in a process of its own. @throws SetupError where it does not come to the right numbers */
async function check(folder: string, { distribution, ...steps }: Steps): Promise<Checked> {
  const script = join(distribution, 'tensorflow-check.cjs');
  const said: string[] = [];
  const log = (line: string) => {
    said.push(line);
    steps.log(line);
  };
  const lines = await runProgram(process.execPath, [script, folder, steps.build], { ...steps, cwd: folder, log });
  const last = lines.at(-1) ?? '';
  let checked: v.InferOutput<typeof checkSchema>;
  try {
    checked = v.parse(checkSchema, JSON.parse(last));
  } catch {
    throw new SetupError(`the check ended with "${last}" instead of its versions`);
  }
  return steps.build === 'cpu' || checked.onGpu ? checked : { ...checked, noGpu: whyNoGpu(said) };
}

/** Why no graphics processor is used: what is known, and what libtensorflow said of it, without its time and place. */
function whyNoGpu(said: readonly string[]): string {
  const words = said.find((line) =>
    /GPU will not be used|failed call to cuInit|Cannot dlopen|Skipping registering GPU/.test(line),
  );
  const known =
    findNvidiaDriver() === undefined ? 'this machine has no NVIDIA driver' : 'libtensorflow found none that it can use';
  return words === undefined ? known : `${known} (${words.replace(/^.*?\.(cc|h):\d+\] */, '')})`;
}
