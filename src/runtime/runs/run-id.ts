import { basename, extname } from 'node:path';

/** The name of a run: that of the experiment's file, or the method's id. */
export function runName(file: string): string {
  const builtin = /^builtin:(.+)$/.exec(file)?.[1];
  return builtin ?? basename(file, extname(file));
}

/** A run's id and folder name, sortable by time: `20260314-150926-rex-5a1f` (UTC). Plain letters, so that it fits any disk and shell. */
export function createRunId(name: string, created: Date): string {
  const time = created.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return `${time}-${plain === '' ? 'experiment' : plain}-${distinction()}`;
}

/** Four hexadecimal digits that tell two runs of one second apart: the clock's nanoseconds, mixed with the process. */
function distinction(): string {
  const bits = (process.hrtime.bigint() ^ (BigInt(process.pid) << 3n)) & 0xffffn;
  return bits.toString(16).padStart(4, '0');
}
