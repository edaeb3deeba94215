import { cpus, hostname, totalmem } from 'node:os';
import type { RunRecord } from './record.ts';

/** The machine this process runs on. */
export function thisMachine(): RunRecord['machine'] {
  const processors = cpus();
  return {
    host: hostname(),
    platform: `${process.platform} ${process.arch}`,
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: Math.max(1, processors.length),
    memoryMegabytes: Math.floor(usableMemory() / 2 ** 20),
  };
}

/** How many trials run side by side where nobody says: both cores of a two-core machine, else one is left free. */
export function defaultJobs(cores: number): number {
  return cores <= 2 ? cores : cores - 1;
}

/** How many of `jobs` trials go on side by side where each has several threads: as many as have a core for each, at least one. */
export function jobsWithThreads(jobs: number, threads: number, cores: number): number {
  return threads === 1 ? jobs : Math.max(1, Math.min(jobs, Math.floor(cores / threads)));
}

/** What one of `jobs` trial processes may use of the machine's memory, in MB, where nobody says. */
export function defaultMemory(memoryMegabytes: number, jobs: number): number {
  return Math.min(4096, Math.max(512, Math.floor((memoryMegabytes * 0.75) / jobs)));
}

/** In a container the limit of its memory counts, not the machine's. */
function usableMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
