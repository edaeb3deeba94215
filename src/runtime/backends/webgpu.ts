import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { EngineOptions, StartEngine } from './engine.ts';
import { registerCopiedFromCpu } from './kernels/copied-from-cpu.ts';
import type * as WebGpu from './webgpu/engine.ts';

/** A graphics processor of any vendor, through WebGPU. */
export const startWebGpu: StartEngine = async (options) => {
  const engine = await load(options).startWebGpu(options);
  // For tensors whose numbers are at hand: nothing can be read at once from the device.
  registerCopiedFromCpu('webgpu', {});
  return engine;
};

/** Name of the graphics processor where there is one and not software that plays one. */
export async function findGraphicsProcessor(options: EngineOptions): Promise<string | undefined> {
  try {
    const { description, software } = await load(options).findAdapter(options);
    return software ? undefined : description;
  } catch {
    // Not having one is no fault: other engines compute too.
    return undefined;
  }
}

function load({ distribution }: EngineOptions): typeof WebGpu {
  const file = join(distribution, 'webgpu.cjs');
  // Stacks name the lines of the experiment's sources, and of ours those of the bundle, by which they are known.
  process.setSourceMapsEnabled(false);
  try {
    return createRequire(file)(file) as typeof WebGpu;
  } finally {
    process.setSourceMapsEnabled(true);
  }
}
