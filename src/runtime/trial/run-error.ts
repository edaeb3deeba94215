import { isAbsolute, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import type { RunError } from '../runs/events.ts';
import { isUserFile } from './user-file.ts';

/** A place in a stack as V8 writes it, after source maps. Line and column are 1-based. */
interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What native TensorFlow writes before the reason of a refusal. */
const nativeStatus = /^Invalid TF_Status: \d+\nMessage: /;

/**
 * What was thrown, as a run keeps it: with the innermost place in the user's own code. The frames of our own product and
 * of Node are left out of the stack.
 *
 * @param distribution absolute path of the `dist` folder, whose frames are not the user's.
 */
export function toRunError(thrown: unknown, kind: RunError['kind'], distribution: string): RunError {
  if (!(thrown instanceof Error)) {
    return {
      kind,
      message: `A value that is not an Error was thrown: ${typeof thrown === 'string' ? thrown : inspect(thrown)}`,
    };
  }
  const reason = thrown.message.replace(nativeStatus, '');
  const message = thrown.name === 'Error' || thrown.name === 'DeclarationError' ? reason : `${thrown.name}: ${reason}`;
  const ours = distribution.endsWith(sep) ? distribution : distribution + sep;
  const frames: string[] = [];
  const places: Place[] = [];
  for (const line of (thrown.stack ?? '').split('\n')) {
    const place = parseFrame(line);
    if (place === undefined || place.file.startsWith(ours) || !isAbsolute(place.file)) continue;
    frames.push(line);
    places.push(place);
  }
  const place = places.find(({ file }) => isUserFile(file)) ?? places[0];
  return {
    kind,
    message,
    ...(frames.length > 0 && { stack: frames.join('\n') }),
    ...(place !== undefined && { file: place.file, line: place.line, column: place.column }),
  };
}

/** The place of one line of a stack; `undefined` for a line that names none. */
export function parseFrame(line: string): Place | undefined {
  const match = /^\s+at (?:async )?(?:.*? \((.+):(\d+):(\d+)\)|(.+):(\d+):(\d+))$/.exec(line);
  if (match === null) return undefined;
  const file = match[1] ?? match[4]!;
  return {
    file: file.startsWith('file:') ? fileURLToPath(file) : file,
    line: Number(match[2] ?? match[5]),
    column: Number(match[3] ?? match[6]),
  };
}
