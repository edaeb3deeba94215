/** Worker thread that reads sources, so that the thread that asked stays free. Started by indexer.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { readSources } from './read-sources.ts';

/** What a worker is started with. */
export interface IndexTask {
  readonly files: readonly string[];
  readonly cacheFolder?: string;
}

const { files, ...options } = workerData as IndexTask;
parentPort?.postMessage(await readSources(files, options));
