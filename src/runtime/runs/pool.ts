import type { Answer, Job } from '../trial/protocol.ts';
import type { RunControl } from './run-control.ts';
import type { Death, JobListener, TrialProcess } from './trial-process.ts';

/** The trial processes of a run: made when they are first needed, and again after one has died. */
export interface Pool {
  /** Starts a process before there is a job for it. */
  warm(): void;
  /** Does a job on a free process, or on a new one. No more than the pool's size may be under way at once. */
  perform(job: Job, label: string, listener?: JobListener, onTaken?: (pid: number) => void): Promise<Answer | Death>;
  /** Ids of the processes that live now. */
  readonly pids: readonly number[];
  /** Kills all processes; nobody waits for them any more. */
  dispose(): void;
}

/** A pool that obeys the upper rungs of the run's control. */
export function createPool(spawn: () => TrialProcess, control: Pick<RunControl, 'terminate' | 'kill'>): Pool {
  const all = new Set<TrialProcess>();
  const free: TrialProcess[] = [];
  const killAll = (signal: 'SIGTERM' | 'SIGKILL') => {
    for (const trialProcess of all) trialProcess.kill(signal);
  };
  control.terminate.addEventListener('abort', () => {
    killAll('SIGTERM');
  });
  control.kill.addEventListener('abort', () => {
    killAll('SIGKILL');
  });

  function add(): TrialProcess {
    const trialProcess = spawn();
    all.add(trialProcess);
    return trialProcess;
  }

  function take(): TrialProcess {
    for (let trialProcess = free.pop(); trialProcess !== undefined; trialProcess = free.pop()) {
      if (trialProcess.alive) return trialProcess;
      all.delete(trialProcess);
    }
    return add();
  }

  return {
    warm() {
      free.push(add());
    },
    async perform(job, label, listener, onTaken) {
      const trialProcess = take();
      onTaken?.(trialProcess.pid);
      const answer = await trialProcess.perform(job, label, listener);
      if (trialProcess.alive) free.push(trialProcess);
      else all.delete(trialProcess);
      return answer;
    },
    get pids() {
      return [...all].filter(({ alive }) => alive).map(({ pid }) => pid);
    },
    dispose() {
      killAll('SIGKILL');
    },
  };
}
