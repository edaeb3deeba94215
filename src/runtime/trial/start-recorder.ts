/**
 * Starts the recorder of this process as soon as it is imported, which should be before everything else: a thread takes a
 * third of Node's own start, and comes up while the rest is loaded.
 */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { createChannel, createFrameWriter } from './channel.ts';
import type { TrialProcessOptions } from './protocol.ts';
import type { RecorderOptions } from './recorder.ts';

/** Absolute path of the `dist` folder. */
export const distribution = __dirname;
export const options = JSON.parse(process.argv[2]!) as TrialProcessOptions;
export const channel = createChannel();
export const writer = createFrameWriter(channel);

const recorderOptions: RecorderOptions = {
  channel,
  bundle: options.bundle,
  controlFile: options.control,
  memoryMegabytes: options.memoryMegabytes,
  parent: options.parent,
};
new Worker(join(distribution, 'recorder.cjs'), { workerData: recorderOptions }).unref();
