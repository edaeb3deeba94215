import type { PassedOver } from '../backends/engine.ts';
import type { Pool } from './pool.ts';
import type { BackendName, ExperimentDescription, RunRecord } from './record.ts';
import type { ResolvedRequest } from './resolve-request.ts';

/** Engines that may lack a kernel. All others have every one, of their own or from the plain engine. */
const incomplete: ReadonlySet<BackendName> = new Set(['webgpu']);

/** Engines that compute on as many threads as they are given. The threaded build of `wasm` does not start in Node. */
const threaded: ReadonlySet<BackendName> = new Set(['tensorflow']);

/** The engine of a run, and what to tell of the choice. */
export interface ChosenBackend {
  readonly backend: RunRecord['backend'];
  /** Threads of the engine in each trial. */
  readonly threads: number;
  readonly warnings: readonly string[];
}

/**
 * Has an engine made ready in a trial process. Where it was not asked for by name and may lack a kernel, the beginning of
 * one trial of each arm is rehearsed on it, and what it lacks moves the run to the next engine.
 *
 * @param cores of this machine: an engine gets no more threads.
 * @throws Error where the engine that was asked for, or any at all, cannot be had.
 */
export async function chooseBackend(
  { compute, flopsPerUpdate, threads: askedThreads = 1 }: ExperimentDescription,
  { arms, seeds, params }: ResolvedRequest,
  asked: BackendName | 'auto',
  cores: number,
  pool: Pool,
): Promise<ChosenBackend> {
  if (compute === 'none') {
    const reason = 'the experiment computes with plain numbers';
    const backend = {
      name: 'none',
      version: `Node ${process.versions.node}`,
      reason: asked === 'auto' || asked === 'none' ? reason : `${reason}, though '${asked}' was asked for`,
    } as const;
    return { backend, threads: 1, warnings: [] };
  }
  if (asked === 'none') throw new Error("The experiment computes with tensors: the backend 'none' has none.");
  const most = Math.min(askedThreads, cores);
  const work = { threads: most, ...(flopsPerUpdate !== undefined && { flopsPerUpdate }) };
  const passedOver: PassedOver[] = [];
  const warnings: string[] = [];
  for (;;) {
    const answer = await pool.perform({ type: 'prepare', backend: asked, ...work, passedOver }, 'backend');
    if (answer.type !== 'prepared') throw new Error('error' in answer ? answer.error.message : answer.type);
    const { backend } = answer;
    const lack = asked === 'auto' && incomplete.has(backend.name) ? await rehearseArms(backend.name) : undefined;
    if (lack === undefined) {
      const threads = threaded.has(backend.name) ? most : 1;
      if (threads < askedThreads) {
        const why = threads < most ? `'${backend.name}' computes with one` : `this machine has ${cores}`;
        warnings.push(`The experiment asks for ${askedThreads} threads in each trial, but ${why}.`);
      }
      return { backend, threads, warnings };
    }
    passedOver.push({ name: backend.name, reason: `'${backend.name}' lacks ${lack.what}` });
    const place = lack.line === undefined ? '' : ` (line ${lack.line})`;
    warnings.push(
      `The engine '${backend.name}' lacks ${lack.what}, which the arm ${lack.arm} needs${place}: all trials compute on another engine.`,
    );
  }

  /** What the engine lacks for the first arm that lacks anything. */
  async function rehearseArms(
    backend: BackendName,
  ): Promise<{ readonly arm: string; readonly what: string; readonly line?: number } | undefined> {
    for (const arm of arms) {
      const answer = await pool.perform(
        { type: 'rehearse', arm, seed: seeds[0]!, params, backend },
        `${arm} rehearsed`,
      );
      // A rehearsal that fails or takes too long has shown nothing: the trial itself tells why.
      if (answer.type === 'rehearsed' && answer.lack !== undefined) return { arm, ...answer.lack };
    }
    return undefined;
  }
}
