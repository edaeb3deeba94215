import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { IndexTask } from './index-worker.ts';
import type { ReadOptions, SourceFile } from './read-sources.ts';

/**
 * Reads sources like `readSources`, in a worker thread, so that the caller's thread stays free. Rejects with the
 * signal's reason when aborted; the worker is gone by then.
 * @param distribution folder of the built bundles
 */
export async function indexSources(
  distribution: string,
  files: readonly string[],
  { cacheFolder, signal }: ReadOptions,
): Promise<readonly SourceFile[]> {
  signal?.throwIfAborted();
  const task: IndexTask = { files, ...(cacheFolder !== undefined && { cacheFolder }) };
  const worker = new Worker(join(distribution, 'index-worker.js'), { workerData: task });
  const stop = (): void => void worker.terminate();
  signal?.addEventListener('abort', stop);
  try {
    return await new Promise<readonly SourceFile[]>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => {
        reject(new Error(`Reading the sources ended early (exit code ${code}). Add fewer or smaller files.`));
      });
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await worker.terminate();
  }
}
