import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { encodeJson } from '../json.ts';
import { replaceFile } from '../replace-file.ts';
import { runFiles } from '../run-files.ts';
import { stateSnapshotSchema } from '../schemas.ts';
import { blockWidth } from './blocks.ts';
import type { EventIndex } from './event-index.ts';

/** An index of another version is left alone, as a broken one is. */
const version = 1;
/** So many of the last bytes that it stands for tell whether the events are still those. */
const proofBytes = 4096;

const place = v.object({ start: v.number(), end: v.number() });
const headerSchema = v.object({
  version: v.literal(version),
  bytes: v.number(),
  lines: v.number(),
  proof: v.string(),
  problems: v.array(v.object({ line: v.number(), problem: v.string() })),
  state: stateSnapshotSchema,
  checkpoints: v.array(v.object({ trial: v.string(), number: v.number(), counts: v.record(v.string(), v.number()) })),
  figures: v.array(v.object({ trial: v.string(), name: v.string(), place })),
  series: v.array(
    v.object({ trial: v.string(), metric: v.string(), blocks: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
  ),
});

/** Writes a run's index in one step. */
export function writeIndex(folder: string, index: EventIndex): void {
  const { series, ...rest } = index;
  const proof = proofOf(runFiles(folder).events, index.bytes);
  const header = Buffer.from(
    encodeJson({
      version,
      proof,
      ...rest,
      series: series.map(({ trial, metric, blocks }) => ({ trial, metric, blocks: blocks.length })),
    }),
  );
  const blocks = series.map(({ blocks: { data, length } }) =>
    Buffer.from(data.buffer, data.byteOffset, length * blockWidth * Float64Array.BYTES_PER_ELEMENT),
  );
  const content = Buffer.concat([lengthOf(header), header, ...blocks]);
  replaceFile(runFiles(folder).index, Buffer.concat([digest(content), content]));
}

/**
 * Reads a run's index. `undefined` where there is none, or one that is torn, of another version, or not of these events:
 * the events are the truth, and are read instead.
 */
export async function readIndex(folder: string): Promise<EventIndex | undefined> {
  const files = runFiles(folder);
  try {
    const bytes = await readFile(files.index);
    const content = bytes.subarray(digestBytes);
    if (!digest(content).equals(bytes.subarray(0, digestBytes))) return undefined;
    const end = 4 + content.readUInt32LE(0);
    const parsed = v.safeParse(headerSchema, JSON.parse(content.toString('utf8', 4, end)));
    if (!parsed.success) return undefined;
    const { proof, series, ...rest } = parsed.output;
    if (proof !== proofOf(files.events, rest.bytes)) return undefined;
    // A copy, since what is read need not begin where an array of such numbers may.
    const data = new Float64Array(Uint8Array.from(content.subarray(end)).buffer);
    let at = 0;
    const indexed = series.map(({ trial, metric, blocks }) => {
      const own = data.subarray(at, (at += blocks * blockWidth));
      return { trial, metric, blocks: { length: blocks, data: own } };
    });
    return at === data.length ? { ...rest, series: indexed } : undefined;
  } catch {
    return undefined;
  }
}

/** What tells the first `bytes` of a run's events from others: a digest of the last of them. */
function proofOf(events: string, bytes: number): string {
  const buffer = Buffer.alloc(Math.min(proofBytes, bytes));
  const file = openSync(events, 'r');
  try {
    const count = readSync(file, buffer, 0, buffer.length, bytes - buffer.length);
    return createHash('sha256').update(buffer.subarray(0, count)).digest('hex');
  } finally {
    closeSync(file);
  }
}

const digestBytes = 32;

function digest(content: Buffer): Buffer {
  return createHash('sha256').update(content).digest();
}

function lengthOf(header: Buffer): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(header.length);
  return bytes;
}
