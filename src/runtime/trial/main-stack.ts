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
    const files = new Map<string, string>();
    session.on('Debugger.scriptParsed', ({ params }) => files.set(params.scriptId, params.url));
    session.on('Debugger.paused', ({ params }) => {
      clearTimeout(timer);
      resolve(params.callFrames.map((frame) => toCodeFrame(frame, files)));
    });
    session.post('Debugger.enable', () => session.post('Debugger.pause'));
  });
}

function toCodeFrame({ functionName, location }: Debugger.CallFrame, files: ReadonlyMap<string, string>): CodeFrame {
  const { scriptId, lineNumber, columnNumber = 0 } = location;
  return { name: functionName, file: files.get(scriptId) ?? '', line: lineNumber, column: columnNumber };
}
