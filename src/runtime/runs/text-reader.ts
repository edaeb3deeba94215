import { open, type FileHandle } from 'node:fs/promises';

const chunkBytes = 64 * 1024;

/** Reads a growing text file from its beginning, in pieces that never cut a character. */
export interface TextReader {
  /** Reads on to the present end of the file. */
  read(take: (text: string) => void): Promise<void>;
  close(): Promise<void>;
}

/** @param file absolute path; it need not be there yet. */
export function createTextReader(file: string): TextReader {
  let handle: FileHandle | undefined;
  let position = 0;
  const decoder = new TextDecoder();
  const chunk = Buffer.allocUnsafe(chunkBytes);
  return {
    async read(take) {
      handle ??= await open(file, 'r').catch(() => undefined);
      if (handle === undefined) return;
      for (;;) {
        const { bytesRead } = await handle.read(chunk, 0, chunkBytes, position);
        if (bytesRead === 0) return;
        position += bytesRead;
        const text = decoder.decode(chunk.subarray(0, bytesRead), { stream: true });
        if (text !== '') take(text);
      }
    },
    async close() {
      await handle?.close();
      handle = undefined;
    },
  };
}
