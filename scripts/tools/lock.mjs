import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * Runs a step while nobody else on this machine runs a step under the same lock; waits for them first.
 * @template T
 * @param {string} file the lock: a file that holds the process id of whoever works
 * @param {string} what what the others are doing, for the message while we wait
 * @param {() => Promise<T>} step
 * @returns {Promise<T>}
 */
export async function withLock(file, what, step) {
  mkdirSync(dirname(file), { recursive: true });
  let said = false;
  while (!take(file)) {
    const other = holder(file);
    if (other !== undefined && !said) console.log(`Waiting for process ${other}, which is ${what} …`);
    said ||= other !== undefined;
    await wait(other === undefined ? 10 : 300);
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await step();
  } finally {
    release();
    process.off('exit', release);
  }
}

/** @param {string} file @returns {boolean} whether the lock is ours now */
function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
  }
  const pid = holder(file);
  if (pid === undefined || alive(pid)) return false;
  // Its holder died. Of those who find that out at the same time, the one whose rename succeeds clears it away.
  try {
    renameSync(file, `${file}.${process.pid}`);
    rmSync(`${file}.${process.pid}`);
  } catch {
    // Somebody else cleared it.
  }
  return false;
}

/** @param {string} file @returns {number | undefined} */
function holder(file) {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
