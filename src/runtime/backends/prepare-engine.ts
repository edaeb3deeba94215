import type { BackendName } from '../runs/record.ts';
import { chooseInstallations } from '../tensorflow-setup/installation.ts';
import { startCpu } from './cpu.ts';
import type { Engine, EngineOptions, StartedEngine, StartEngine, Workload } from './engine.ts';
import { copiedKernels } from './kernels/copied-from-cpu.ts';
import { withMendedOperations } from './mended-operations.ts';
import { startTensorFlow } from './tensorflow.ts';
import { startWasm } from './wasm.ts';
import { findGraphicsProcessor, startWebGpu } from './webgpu.ts';

/** The engines of this version, by name. */
const engines: ReadonlyMap<BackendName, StartEngine> = new Map([
  ['wasm', startWasm],
  ['cpu', startCpu],
  ['tensorflow', startTensorFlow],
  ['webgpu', startWebGpu],
]);

/** What `auto` always has, best first, and what is said of the one that is taken. */
const everywhere: readonly (readonly [name: BackendName, reason: string])[] = [
  ['wasm', 'the fastest engine that needs no installation'],
  ['cpu', 'plain JavaScript, which runs everywhere'],
];

/**
 * From how many floating-point operations in an update an engine beats wasm. Below, what it costs to call it for each of
 * many small operations is more than it saves: native TensorFlow takes six times wasm's time for a 4-64-64-2 network (batch
 * 32), as long for 784-256-256-10 (batch 128, 0.16 billion), and two thirds for 784-512-512-10 (batch 128, 0.4 billion).
 */
const worthwhile = { tensorflow: 2.5e8, webgpu: 1e9 } as const;

/**
 * Makes the engine ready that was asked for; with `auto` the first that starts.
 *
 * @throws Error where the engine that was asked for, or any at all, cannot be had; the message says why and what to do.
 */
export async function prepareEngine(
  requested: BackendName | 'auto',
  options: EngineOptions & Partial<Workload>,
): Promise<Engine> {
  if (requested !== 'auto') {
    try {
      return engineOf(requested, ['asked for'], await start(requested, options));
    } catch (error) {
      const others = [...engines.keys()].filter((name) => name !== requested);
      throw new Error(
        `The backend '${requested}' cannot be used: ${firstLine(error)} Choose 'auto', or one of: ${others.join(', ')}.`,
        { cause: error },
      );
    }
  }
  const workload = { flopsPerUpdate: 0, readsAtOnce: true, passedOver: [], ...options };
  const failures = workload.passedOver.map(({ reason }) => reason);
  for (const [name, reason] of await candidatesFor(workload)) {
    try {
      return engineOf(name, [reason, ...failures], await start(name, options));
    } catch (error) {
      failures.push(`'${name}' did not start: ${firstLine(error)}`);
    }
  }
  throw new Error(`No tensor engine can be used: ${failures.join(' ')}`);
}

function engineOf(name: BackendName, reasons: readonly string[], { version, tf, remark }: StartedEngine): Engine {
  const reason = [...reasons, ...(remark === undefined ? [] : [remark])].join('; ');
  return { name, version, reason, tf, copied: copiedKernels };
}

/** What `auto` tries for an experiment, in this order. */
async function candidatesFor(workload: Workload): Promise<(readonly [name: BackendName, reason: string])[]> {
  const { flopsPerUpdate, readsAtOnce, passedOver } = workload;
  const isPassedOver = (name: BackendName) => passedOver.some((one) => one.name === name);
  const work = `an update takes about ${(flopsPerUpdate / 1e9).toPrecision(2)} billion operations`;
  const found: (readonly [BackendName, string])[] = [];
  if (flopsPerUpdate >= worthwhile.webgpu && !readsAtOnce && !isPassedOver('webgpu')) {
    const processor = await findGraphicsProcessor(workload);
    if (processor !== undefined) found.push(['webgpu', `${work}, which pays on ${processor}`]);
  }
  if (chooseInstallations().installations.length > 0) {
    if (flopsPerUpdate >= worthwhile.tensorflow) found.push(['tensorflow', `${work}, which pays on native TensorFlow`]);
    else return everywhere.map(([name, reason]) => [name, `${reason}; ${tooSmall}`] as const);
  }
  return [...found, ...everywhere];
}

/** Tells whoever has set native TensorFlow up why it is not used. */
const tooSmall =
  "native TensorFlow is set up here too, and pays where networks are large: ask for 'tensorflow', or declare `flopsPerUpdate`";

async function start(name: BackendName, options: EngineOptions): Promise<StartedEngine> {
  const startEngine = engines.get(name);
  if (startEngine === undefined) throw new Error('This version has no such engine.');
  const started = await startEngine(options);
  return { ...started, tf: withMendedOperations(started.tf) };
}

function firstLine(error: unknown): string {
  const line = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!.trim();
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
