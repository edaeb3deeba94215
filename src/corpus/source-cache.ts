import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { SourceResult } from './paper.ts';

/** Raised whenever a reader reads the same text differently, so that what was kept before is not used. */
const VERSION = 1;
const DAYS_KEPT = 90;
const MILLISECONDS_A_DAY = 86_400_000;

const location = v.object({ file: v.string(), line: v.number() });
const kept = v.object({
  version: v.literal(VERSION),
  entries: v.array(
    v.object({
      title: v.string(),
      abstract: v.exactOptional(v.string()),
      authors: v.array(v.string()),
      authorCount: v.exactOptional(v.number()),
      date: v.exactOptional(v.string()),
      arxiv: v.exactOptional(v.string()),
      doi: v.exactOptional(v.string()),
      venue: v.exactOptional(v.string()),
      location,
    }),
  ),
  problems: v.array(v.object({ ...location.entries, severity: v.picklist(['error', 'warning']), message: v.string() })),
});

/** Keeps what sources gave between sessions, one file for each content. A cache that cannot be read or written is none. */
export interface SourceCache {
  load(content: Uint8Array, file: string): Promise<SourceResult | undefined>;
  save(content: Uint8Array, result: SourceResult): Promise<void>;
}

export function openSourceCache(folder: string): SourceCache {
  return {
    async load(content, file) {
      try {
        const { entries, problems } = v.parse(kept, JSON.parse(await readFile(pathOf(folder, content), 'utf8')));
        // The same content may lie elsewhere now.
        return {
          entries: entries.map((entry) => ({ ...entry, location: { ...entry.location, file } })),
          problems: problems.map((problem) => ({ ...problem, file })),
        };
      } catch {
        return undefined;
      }
    },
    async save(content, { entries, problems }) {
      const path = pathOf(folder, content);
      const draft = `${path}.${process.pid}.draft`;
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(draft, JSON.stringify({ version: VERSION, entries, problems }));
        await rename(draft, path);
        await removeOld(folder);
      } catch {
        await rm(draft, { force: true }).catch(() => undefined);
      }
    },
  };
}

function pathOf(folder: string, content: Uint8Array): string {
  return join(folder, `${createHash('sha256').update(content).digest('hex')}.json`);
}

/** Contents change and come not back; what is still in use is read and kept anew when its time is over. */
async function removeOld(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (Date.now() - (await stat(path)).mtimeMs > DAYS_KEPT * MILLISECONDS_A_DAY) await rm(path, { force: true });
  }
}
