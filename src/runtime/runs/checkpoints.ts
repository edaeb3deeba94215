import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { crc32 } from 'node:zlib';

/** Before the state: four letters that say what the file is, and the checksum of the rest. */
const mark = Buffer.from('mck1');
const headerBytes = mark.length + 4;

/**
 * Where a trial's checkpoint lies. A trial writes its checkpoints itself, each into a file of its own; it counts once the
 * run's process has written a `checkpoint` event, which comes after all that the trial recorded before.
 *
 * @param folder absolute path of the run's folder for checkpoints.
 * @param trial `<arm>#<seed>`.
 * @param number from 1 up.
 */
export function checkpointFile(folder: string, trial: string, number: number): string {
  return join(folder, `${encodeURIComponent(trial)}.${number}`);
}

/**
 * Writes a state. It is on the disk, whole, before the file has its name, since the checkpoint before it goes afterwards.
 *
 * @param state as `serializeState` made it.
 * @throws Error where the disk takes no more or the folder may not be written.
 */
export function writeCheckpoint(file: string, state: Uint8Array): void {
  const header = Buffer.alloc(headerBytes);
  mark.copy(header);
  header.writeUInt32LE(crc32(state), mark.length);
  mkdirSync(dirname(file), { recursive: true });
  const beside = `${file}.tmp`;
  try {
    const written = openSync(beside, 'w');
    try {
      for (const bytes of [header, state]) {
        for (let start = 0; start < bytes.length;) start += writeSync(written, bytes, start);
      }
      fsyncSync(written);
    } finally {
      closeSync(written);
    }
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/** A state as the bytes that `writeCheckpoint` takes. @throws Error where it holds something that is not data. */
export function serializeState(state: unknown): Uint8Array {
  return serialize(state);
}

/**
 * Reads a state.
 *
 * @throws Error where the file is missing, cannot be read, or is not what was written.
 */
export function readCheckpoint(file: string): unknown {
  const bytes = readFileSync(file);
  const state = bytes.subarray(headerBytes);
  const marked = bytes.length >= headerBytes && bytes.subarray(0, mark.length).equals(mark);
  if (!marked || bytes.readUInt32LE(mark.length) !== crc32(state)) {
    throw new Error('it is not what was written');
  }
  return deserialize(state) as unknown;
}

/** What is wrong with a checkpoint; `undefined` where a trial can go on from it. */
export function problemOfCheckpoint(file: string): string | undefined {
  try {
    readCheckpoint(file);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'it is missing' : (error as Error).message;
  }
}

/** Removes a checkpoint that a newer one has replaced, or that nobody needs any more. */
export function removeCheckpoint(folder: string, trial: string, number: number): void {
  try {
    rmSync(checkpointFile(folder, trial, number), { force: true });
  } catch {
    // A virus scanner may hold it: it takes room and does no other harm.
  }
}
