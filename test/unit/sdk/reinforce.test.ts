import assert from 'node:assert/strict';
import { createRng, denseNetwork, reinforce, softmax, type DenseNetwork, type NetworkOptimizer } from 'marginalia';
import { close } from './close.ts';
import { plainNetwork } from './plain-network.ts';

const sizes = [2, 3, 3];
const network = (optimizer: NetworkOptimizer): DenseNetwork =>
  denseNetwork(createRng('policy', 0), { sizes, activation: 'tanh', optimizer });

describe('REINFORCE', () => {
  it('climbs what finite differences of the weighted log-likelihood of all decisions say', () => {
    const net = network({ type: 'sgd', rate: 1 });
    const before = Float64Array.from(net.readParameters());
    const learner = reinforce(net, { episodes: 2, decay: 0.5 });
    const rng = createRng('draws', 0);
    const episodes = [
      { inputs: [[0.3, -1], [1, 0.5]], reward: 2 }, // prettier-ignore
      { inputs: [[-0.7, 0.2]], reward: 5 },
    ].map(({ inputs, reward }) => {
      const chosen = inputs.map((input) =>
        learner.decide(input, (outputs, gradient) => {
          const p = softmax(outputs);
          const action = rng.weighted(p);
          p.forEach((share, i) => (gradient[i] = (i === action ? 1 : 0) - share));
          return action;
        }),
      );
      learner.end(reward);
      return { inputs, reward, chosen };
    });
    // The first reward is its own baseline, and that of the second.
    const objective = (parameters: ArrayLike<number>) =>
      episodes.reduce((sum, { inputs, reward, chosen }) => {
        const logLikelihood = inputs.reduce((total, input, i) => {
          const p = softmax(plainNetwork(sizes, 'tanh', parameters).outputs(input, 1));
          return total + Math.log(p[chosen[i]!]!);
        }, 0);
        return sum + ((reward - 2) * logLikelihood) / episodes.length;
      }, 0);
    const slope = before.map((_, i) => {
      const moved = (by: number) => objective(before.map((value, j) => (i === j ? value + by : value)));
      return (moved(1e-4) - moved(-1e-4)) / 2e-4;
    });
    close(
      net.readParameters().map((value, i) => value - before[i]!),
      slope,
      1e-4,
    );
    net.dispose();
  });

  it('waits for as many episodes as make a step, and forgets them then', () => {
    const net = network({ type: 'sgd', rate: 0.1 });
    const learner = reinforce(net, { episodes: 3, decay: 0.9 });
    const before = net.readParameters();
    const steps: boolean[] = [];
    for (let episode = 1; episode <= 6; episode++) {
      learner.decide([1, -1], (_, gradient) => (gradient[0] = 1));
      learner.end(episode);
      steps.push(net.readParameters().some((value, i) => value !== before[i]));
      before.set(net.readParameters());
    }
    assert.deepEqual(steps, [false, false, true, false, false, true]);
    net.dispose();
  });

  it('finds the action that pays', () => {
    const net = network({ type: 'adam', rate: 0.02 });
    const learner = reinforce(net, { episodes: 5, decay: 0.9 });
    const rng = createRng('bandit', 0);
    for (let episode = 0; episode < 1000; episode++) {
      const context = rng.int(0, 2);
      const action = learner.decide([context, 1 - context], (outputs, gradient) => {
        const p = softmax(outputs);
        const drawn = rng.weighted(p);
        p.forEach((share, i) => (gradient[i] = (i === drawn ? 1 : 0) - share));
        return drawn;
      });
      learner.end(action === 1 + context ? 1 : 0);
    }
    for (const context of [0, 1]) assert.ok(softmax(net.forward([context, 1 - context], 1))[1 + context]! > 0.9);
    net.dispose();
  });
});
