import { Session, type Debugger } from 'node:inspector';

/** A frame of a stack in the code as it runs, before any source map. Line and column are 0-based. */
export interface CodeFrame {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Where the main thread is, innermost frame first; called from a worker thread. The main thread stays interrupted. Empty
 * where it does not run code of its own (it waits, or is inside a native function) or cannot be interrupted in time.
 */
export function fetchMainStack(milliseconds: number): Promise<readonly CodeFrame[]> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve([]), milliseconds);
    const session = new Session();
    session.connectToMainThread();
    session.on('Debugger.paused', ({ params }) => {
      clearTimeout(timer);
      resolve(params.callFrames.map(toCodeFrame));
    });
    session.post('Debugger.enable', () => session.post('Debugger.pause'));
  });
}

function toCodeFrame({ functionName, url, location }: Debugger.CallFrame): CodeFrame {
  return { name: functionName, file: url, line: location.lineNumber, column: location.columnNumber ?? 0 };
}
