import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Dawn from 'webgpu';

/** A graphics processor as WebGPU shows it, or software that plays one. */
export interface Adapter {
  readonly description: string;
  /** Whether it is software: right numbers, at a crawl. */
  readonly software: boolean;
}

/**
 * Puts WebGPU, which Node does not have, where browsers have it, and asks for the fastest adapter.
 *
 * @param folder - absolute path of a folder from which the package `webgpu` resolves
 * @throws Error where the package is not installed, does not load, or finds no adapter
 */
export async function openAdapter(folder: string): Promise<Adapter> {
  let entry: string;
  try {
    entry = createRequire(join(folder, 'package.json')).resolve('webgpu');
  } catch {
    throw new Error(`the package webgpu is not installed. To install it, run \`npm install webgpu\` in ${folder}.`);
  }
  const { create, globals } = (await import(pathToFileURL(entry).href)) as typeof Dawn;
  Object.assign(globalThis, globals);
  const gpu = create([]);
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null)
    throw new Error('there is no graphics processor with a driver for Vulkan, Metal or Direct3D 12.');
  const { description, vendor, architecture, isFallbackAdapter } = adapter.info;
  return {
    description: description || `${vendor} ${architecture}`.trim(),
    // Mesa's software driver does not call itself a fallback.
    software: isFallbackAdapter || /swiftshader|llvmpipe|software/i.test(`${description} ${architecture}`),
  };
}
