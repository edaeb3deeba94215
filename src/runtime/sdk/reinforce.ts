import type { DenseNetwork } from './dense-network.ts';

/** Learns decisions from the rewards of whole episodes. */
export interface Reinforce {
  /**
   * Takes one decision of an episode by what the network makes of an input. `choose` draws it, and writes into `gradient`,
   * which begins as zeros, how its log-probability changes with each of the outputs.
   */
  readonly decide: <T>(input: readonly number[], choose: (outputs: Float32Array, gradient: number[]) => T) => T;
  /** Ends an episode with its reward; after so many of them the network makes one step. */
  readonly end: (reward: number) => void;
}

/**
 * REINFORCE (Williams, 1992) for a network whose outputs say how likely decisions are: climbs the mean over episodes of
 * (reward - baseline) times the gradient of the log-probability of all decisions of the episode. The baseline is a moving
 * average of earlier rewards, which begins as the first of them.
 *
 * @param options.episodes of one step of the network's optimiser.
 * @param options.decay share of the baseline that stays when a reward comes in, 0 to 1.
 */
export function reinforce(
  network: DenseNetwork,
  { episodes, decay }: { readonly episodes: number; readonly decay: number },
): Reinforce {
  let inputs: number[] = [];
  let descent: number[] = [];
  let decisions: number[][] = [];
  let rows = 0;
  let ended = 0;
  let baseline: number | undefined;
  return {
    decide(input, choose) {
      const outputs = network.forward(input, 1);
      const gradient = Array.from(outputs, () => 0);
      const chosen = choose(outputs, gradient);
      inputs.push(...input);
      decisions.push(gradient);
      rows++;
      return chosen;
    },
    end(reward) {
      baseline ??= reward;
      const advantage = reward - baseline;
      for (const gradient of decisions) descent.push(...gradient.map((slope) => (-slope * advantage) / episodes));
      decisions = [];
      baseline = decay * baseline + (1 - decay) * reward;
      if (++ended % episodes > 0) return;
      network.forward(inputs, rows);
      network.backward(descent);
      network.step();
      [inputs, descent, rows] = [[], [], 0];
    },
  };
}
