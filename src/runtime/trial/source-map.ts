import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { CodeFrame } from './main-stack.ts';
import { isUserFile } from './user-file.ts';

/**
 * A stack in the compiled experiment as places in the sources it was compiled from: the text of the stack, and the
 * innermost place in the user's own code.
 *
 * @param bundle absolute path of the compiled experiment; its map is the file beside it with `.map` added.
 */
export function placeInSource(
  frames: readonly CodeFrame[],
  bundle: string,
): { readonly stack?: string; readonly file?: string; readonly line?: number; readonly column?: number } {
  let map: SourceMap;
  try {
    map = new SourceMap(JSON.parse(readFileSync(`${bundle}.map`, 'utf8')) as SourceMapPayload);
  } catch {
    return {};
  }
  const places = frames.flatMap((frame) => {
    if (asPath(frame.file) !== bundle) return [];
    const entry = map.findEntry(frame.line, frame.column);
    if (!('originalSource' in entry)) return [];
    const { originalSource, originalLine, originalColumn } = entry;
    return [{ name: frame.name, file: asPath(originalSource), line: originalLine + 1, column: originalColumn + 1 }];
  });
  if (places.length === 0) return {};
  const stack = places.map(({ name, file, line, column }) =>
    name === '' ? `    at ${file}:${line}:${column}` : `    at ${name} (${file}:${line}:${column})`,
  );
  const { file, line, column } = places.find((place) => isUserFile(place.file)) ?? places[0]!;
  return { stack: stack.join('\n'), file, line, column };
}

function asPath(url: string): string {
  return url.startsWith('file:') ? fileURLToPath(url) : url;
}
