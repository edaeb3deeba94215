import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { SourceResult } from './paper.ts';
import { openSourceCache } from './source-cache.ts';
import { readDailyPapers } from './sources/daily-papers.ts';

/** What one file of a source gave. */
export interface SourceFile {
  readonly file: string;
  readonly result: SourceResult;
}

export interface ReadOptions {
  /** Folder for results kept between sessions by content hash; without it every file is read anew. */
  readonly cacheFolder?: string;
  readonly signal?: AbortSignal;
}

/** Extensions of files that are read as daily-papers pages. */
const PAGE_EXTENSIONS = new Set(['', '.txt', '.text', '.md']);

/**
 * Reads the files of all sources, in the order given. A file that cannot be read gives a problem, not an exception.
 * Rejects only when the signal is aborted, with its reason.
 */
export async function readSources(files: readonly string[], options: ReadOptions): Promise<readonly SourceFile[]> {
  const sources: SourceFile[] = [];
  for (const file of files) {
    options.signal?.throwIfAborted();
    sources.push({ file, result: await readSource(file, options) });
  }
  options.signal?.throwIfAborted();
  return sources;
}

async function readSource(file: string, { cacheFolder, signal }: ReadOptions): Promise<SourceResult> {
  const extension = extname(file).toLowerCase();
  if (!PAGE_EXTENSIONS.has(extension)) {
    return failure(
      file,
      `Marginalia does not read ${extension} files. Add daily-papers pages saved as plain text (.txt).`,
    );
  }
  const cache = cacheFolder === undefined ? undefined : openSourceCache(cacheFolder);
  try {
    const content = await readFile(file, { signal });
    const known = await cache?.load(content, file);
    if (known) return known;
    const result = readDailyPapers(content.toString('utf8'), file);
    await cache?.save(content, result);
    return result;
  } catch (error) {
    signal?.throwIfAborted();
    return failure(file, `The file cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function failure(file: string, message: string): SourceResult {
  return { entries: [], problems: [{ file, line: 1, severity: 'error', message }] };
}
