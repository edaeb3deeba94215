import { env } from '@tensorflow/tfjs-core';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { chooseInstallations, type Build } from '../tensorflow-setup/installation.ts';
import { loadNativeTensorFlow, type LoadedTensorFlow } from '../tensorflow-setup/load.ts';
import type { StartEngine } from './engine.ts';
import { registerGradients } from './gradients/gradients.ts';
import { registerCpuKernels } from './kernels/cpu.ts';
import { registerTensorFlowKernels } from './kernels/tensorflow-kernels.ts';

/** Native TensorFlow: the one that was set up, else one that the experiment's workspace has installed. */
export const startTensorFlow: StartEngine = ({ experimentFolder, threads = 1 }) => {
  const { tf, libtensorflow, build, onGpu, remark } = load(experimentFolder, threads);
  registerCpuKernels();
  registerTensorFlowKernels();
  registerGradients(tf);
  const computesOn = build === 'cpu' ? '' : ` with CUDA, on ${onGpu ? 'a GPU' : 'the processor'}`;
  const version = `${tf.version['tfjs-node'] ?? 'unknown'} on libtensorflow ${libtensorflow}${computesOn}`;
  return Promise.resolve({ version, tf, ...(remark !== undefined && { remark }) });
};

interface Loaded extends LoadedTensorFlow {
  readonly build: Build;
  readonly remark?: string;
}

/** Loads the best installation that loads, and says why it is not a better one, or does not use a graphics processor. */
function load(experimentFolder: string, threads: number): Loaded {
  const { installations, remark } = chooseInstallations();
  const [best, other] = installations;
  if (best === undefined) return { build: 'cpu', ...loadFrom(workspaceInstallation(experimentFolder), 'cpu', threads) };
  const { build } = best.record;
  try {
    const loaded = loadFrom(best.folder, build, threads);
    const said = remark ?? (build === 'gpu' && !loaded.onGpu ? noUsableGpu : undefined);
    return { build, ...loaded, ...(said !== undefined && { remark: said }) };
  } catch (error) {
    if (other === undefined) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const { record, folder } = other;
    return {
      build: record.build,
      ...loadFrom(folder, record.build, threads),
      remark: `its build for GPUs is not used: ${reason}`,
    };
  }
}

function loadFrom(folder: string, build: Build, threads: number): LoadedTensorFlow {
  // The package brings a core and the plain engine of its own; that they meet ours is no news for a trial's console.
  env().set('PROD', true);
  try {
    return loadNativeTensorFlow(folder, threads, build);
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
    throw new Error(
      `what is installed in ${folder} does not load (${reason.trim()}). To set it up again, ${build === 'gpu' ? whatToDoForGpu : whatToDo}.`,
      {
        cause: error,
      },
    );
  } finally {
    env().set('PROD', false);
  }
}

function workspaceInstallation(experimentFolder: string): string {
  try {
    return dirname(createRequire(join(experimentFolder, 'package.json')).resolve('@tensorflow/tfjs-node/package.json'));
  } catch {
    throw new Error(`it is not set up. To do that, ${whatToDo}.`);
  }
}

const whatToDo =
  "run 'Marginalia: Set Up Native TensorFlow' in the editor or `marginalia setup tensorflow` in a terminal";

const gpuSetup = 'marginalia setup tensorflow --gpu';

const noUsableGpu = `it computes on the processor, because it found no GPU that it can use: \`${gpuSetup}\` says why`;

const whatToDoForGpu = `run \`${gpuSetup}\` in a terminal`;
