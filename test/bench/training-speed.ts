import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const rounds = 5;
/** Processor time of one round, at least. */
const roundMs = 300;

/** How the rates below were measured. */
export const howMeasured = `best of ${rounds} rounds, per second of processor time`;

/** A network that training.py knows as well. */
export type TrainedNetwork =
  | { readonly kind: 'dense'; readonly sizes: readonly number[]; readonly batch: number }
  | {
      readonly kind: 'recurrent';
      readonly sizes: readonly [number, number, number];
      readonly batch: number;
      readonly length: number;
    }
  | { readonly kind: 'transformer'; readonly outputs: number }
  | { readonly kind: 'convolutions' };

/** Training steps per second of processor time. */
export function stepsPerSecond(step: () => void): number {
  for (let i = 0; i < 10; i++) step();
  let best = 0;
  for (let round = 0; round < rounds; round++) {
    const began = process.cpuUsage();
    let spent = 0;
    let steps = 0;
    while (spent < roundMs) {
      step();
      steps++;
      const { user, system } = process.cpuUsage(began);
      spent = (user + system) / 1000;
    }
    best = Math.max(best, (1000 * steps) / spent);
  }
  return best;
}

/** The same of PyTorch, eager and on one thread; `undefined` where `python3` has no PyTorch. */
export function torchStepsPerSecond(network: TrainedNetwork): number | undefined {
  const program = join(process.cwd(), 'test/bench/training.py');
  const settings = [JSON.stringify(network), String(rounds), String(roundMs / 1000)];
  return numberFrom(spawnSync('python3', [program, ...settings], { encoding: 'utf8' }));
}

/** The number that a program printed; `undefined` where it failed. */
export function numberFrom({ status, stdout }: { readonly status: number | null; readonly stdout: string }) {
  return status === 0 ? Number(stdout) : undefined;
}
