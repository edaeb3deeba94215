import { writeSync } from 'node:fs';
import type { Readable } from 'node:stream';

/** The descriptor on which a run's process tells its starter what the run's folder does not say. */
const starterDescriptor = 3;

/** `began`: the folder is the process's now and tells the rest; `failed`: it could not be made so, or could not be told the end. */
export type StarterWord = { readonly type: 'began' } | { readonly type: 'failed'; readonly reason: string };

/** Tells the starter something, if it is still there. */
export function tellStarter(word: StarterWord): void {
  try {
    writeSync(starterDescriptor, `${JSON.stringify(word)}\n`);
  } catch {
    // It has gone away, and the run goes on without it.
  }
}

/** What a starter hears of the run's process. */
export interface Heard {
  /** True when the process has made the folder its own, false when it will not any more. */
  readonly began: Promise<boolean>;
  /** Why it failed, where the folder does not say so; told once the process is gone. */
  readonly failed: Promise<string | undefined>;
}

/** Listens to a run's process. */
export function hearProcess(stream: Readable): Heard {
  let rest = '';
  let reason: string | undefined;
  let begin: (begun: boolean) => void;
  const began = new Promise<boolean>((resolve) => (begin = resolve));
  stream.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      const word = JSON.parse(line) as StarterWord;
      if (word.type === 'began') begin(true);
      else reason = word.reason;
    }
  });
  stream.on('error', () => undefined);
  const failed = new Promise<string | undefined>((resolve) => {
    stream.on('close', () => {
      begin(false);
      resolve(reason);
    });
  });
  return { began, failed };
}
