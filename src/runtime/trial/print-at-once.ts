import { writeFully } from './write-fully.ts';

type Done = (error?: Error | null) => void;

/**
 * Makes an output of this process write before `write` returns. Node would keep what a full pipe does not take until the
 * event loop turns: in a loop that never yields that is never, and what was printed would come after the trial's end.
 */
export function printAtOnce(stream: NodeJS.WriteStream & { readonly fd: number }): void {
  const write = (chunk: Uint8Array | string, encoding?: BufferEncoding | Done, done?: Done): boolean => {
    writeFully(stream.fd, typeof chunk === 'string' ? Buffer.from(chunk, asEncoding(encoding)) : chunk);
    const called = typeof encoding === 'function' ? encoding : done;
    if (called !== undefined) process.nextTick(called);
    return true;
  };
  stream.write = write;
}

function asEncoding(encoding: BufferEncoding | Done | undefined): BufferEncoding {
  return typeof encoding === 'string' ? encoding : 'utf8';
}
