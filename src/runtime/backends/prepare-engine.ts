import type { BackendName } from '../runs/record.ts';
import { findInstallation } from '../tensorflow-setup/installation.ts';
import { startCpu } from './cpu.ts';
import type { Engine, EngineOptions, StartEngine } from './engine.ts';
import { startTensorFlow } from './tensorflow.ts';
import { startWasm } from './wasm.ts';

/** The engines of this version, by name. */
const engines: ReadonlyMap<BackendName, StartEngine> = new Map([
  ['wasm', startWasm],
  ['cpu', startCpu],
  ['tensorflow', startTensorFlow],
]);

/**
 * What `auto` tries, in this order, and what is said of the one that is taken. Native TensorFlow is not among them: which
 * of the two is faster turns on the sizes of an experiment's tensors, and an experiment does not declare them. It takes
 * about six times wasm's time for a step of a 4-64-64-2 network, as long for 784-128-10, and a third for 784-512-512-10.
 */
const automatic: readonly (readonly [name: BackendName, reason: string])[] = [
  ['wasm', 'the fastest engine that needs no installation'],
  ['cpu', 'plain JavaScript, which runs everywhere'],
];

/**
 * Makes the engine ready that was asked for; with `auto` the first that starts.
 *
 * @throws Error where the engine that was asked for, or any at all, cannot be had; the message says why and what to do.
 */
export async function prepareEngine(requested: BackendName | 'auto', options: EngineOptions): Promise<Engine> {
  if (requested !== 'auto') {
    try {
      return { name: requested, reason: 'asked for', ...(await start(requested, options)) };
    } catch (error) {
      throw new Error(
        `The backend '${requested}' cannot be used: ${firstLine(error)} Choose 'auto', or one of: ${[...engines.keys()].join(', ')}.`,
        { cause: error },
      );
    }
  }
  const failures: string[] = [];
  for (const [name, reason] of automatic) {
    try {
      const engine = await start(name, options);
      return { name, reason: [reason, ...failures, ...nativeEngine()].join('; '), ...engine };
    } catch (error) {
      failures.push(`'${name}' did not start: ${firstLine(error)}`);
    }
  }
  throw new Error(`No tensor engine can be used: ${failures.join(' ')}`);
}

/** Tells whoever has set it up that there is another choice. */
function nativeEngine(): string[] {
  if (findInstallation() === undefined) return [];
  return ["native TensorFlow is set up here too, and faster where networks are large: ask for 'tensorflow'"];
}

function start(name: BackendName, options: EngineOptions): Promise<Pick<Engine, 'version' | 'tf'>> {
  const startEngine = engines.get(name);
  if (startEngine === undefined) throw new Error('This version has no such engine.');
  return startEngine(options);
}

function firstLine(error: unknown): string {
  const line = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!.trim();
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
