import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { complain, duration, print, printJson } from '../output.ts';
import { stepsOn } from '../steps.ts';

interface SetupOptions {
  readonly gpu?: true;
  readonly json?: true;
}

export function addSetupCommand(program: Command, distribution: string): void {
  const setup = program.command('setup').description('Get optional parts working on this machine.');
  setup
    .command('tensorflow')
    .description('Get native TensorFlow working as an engine for experiments. Ctrl-C leaves nothing half done.')
    .option('--gpu', 'the build for NVIDIA GPUs, beside the plain one (Linux on x64; 3.4 GB to download)')
    .option(
      '--json',
      'print {folder, found, build, onGpu, noGpu, tfjsNode, libtensorflow, how, finished, nvidiaLibraries, log} for machines',
    )
    .addHelpText(
      'after',
      `
Installs @tensorflow/tfjs-node for this user with npm. Where its prebuilt addon cannot be had or does not fit, compiles
it against the libtensorflow of a TensorFlow wheel that pip downloads (about 270 MB; Linux, with Python 3, pip and a
C++ compiler). It counts once it has computed correctly; what works already is left as it is.

With --gpu it is compiled against the build of TensorFlow with CUDA, and NVIDIA's libraries in the versions which that
asks for are laid beside it: nothing but NVIDIA's driver need be on the machine. Experiments use this build where there
is a driver, else the plain one. Wheels that are whole are kept when it is stopped or its network fails.

Kept in the user's cache folder, or where MARGINALIA_CACHE says; setup.log beside it tells every step.`,
    )
    .action(async (options: SetupOptions) => {
      process.exitCode = await setUp(distribution, options);
    });
}

async function setUp(distribution: string, { gpu, json }: SetupOptions): Promise<number> {
  const [{ setUpTensorFlow }, { setupLog }] = await Promise.all([
    import('../../runtime/tensorflow-setup/setup.ts'),
    import('../../runtime/tensorflow-setup/installation.ts'),
  ]);
  const stopping = new AbortController();
  const stop = () => stopping.abort(new Error('stopped'));
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, stop);
  const display = stepsOn(process.stderr);
  const began = performance.now();
  try {
    const { folder, record, found, noGpu } = await setUpTensorFlow({
      distribution,
      build: gpu ? 'gpu' : 'cpu',
      report: display.step,
      log: display.detail,
      signal: stopping.signal,
    });
    display.end();
    if (json) {
      printJson({ folder, found, ...record, noGpu, log: setupLog() });
    } else {
      const { tfjsNode, libtensorflow, how } = record;
      const when = found ? 'was ready already' : `is ready after ${duration((performance.now() - began) / 1000)}`;
      const cuda = gpu ? ' with CUDA' : '';
      print(`Native TensorFlow ${when}: tfjs-node ${tfjsNode} on libtensorflow ${libtensorflow}${cuda} (${how}).`);
      if (gpu)
        print(
          noGpu === undefined ? 'It computes on a GPU.' : `It found no GPU and computes on the processor: ${noGpu}`,
        );
      print('Choose it with `marginalia run <file|id> --backend tensorflow`, or the setting marginalia.run.backend.');
    }
    return exitCodes.done;
  } catch (error) {
    display.end();
    if (!stopping.signal.aborted) throw error;
    complain('stopped; nothing was set up. Large downloads that were whole are kept for the next time.');
    return exitCodes.stopped;
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}
