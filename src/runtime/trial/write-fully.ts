import { writeSync } from 'node:fs';

const clock = new Int32Array(new SharedArrayBuffer(4));

/** Writes all bytes to a pipe, and waits where it is full, whether the pipe itself would or not. */
export function writeFully(descriptor: number, bytes: Uint8Array): void {
  for (let start = 0; start < bytes.length;) {
    try {
      start += writeSync(descriptor, bytes, start);
    } catch (error) {
      // A pipe that does not wait says so when it is full.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(clock, 0, 0, 2);
    }
  }
}
