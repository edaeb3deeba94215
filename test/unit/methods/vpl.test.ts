import assert from 'node:assert/strict';
import { createRng, denseNetwork, mean, type DenseNetwork } from 'marginalia';
import experiment, {
  backpropagate,
  drawPerson,
  goalsOf,
  type Model,
} from '../../../snippets/preference-learning/vpl/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';
import { snippetFunction } from './snippet-function.ts';

type VplLoss = (logits: number[], labels: number[], mean: number[], logVar: number[], klWeight: number) => number;

const [latent, contextPairs, people] = [2, 3, 5];

function tinyModel(): Model {
  const optimizer = { type: 'sgd', rate: 0 } as const;
  const network = (name: string, sizes: readonly number[]) =>
    denseNetwork(createRng(`vpl ${name}`, 0), { sizes, activation: 'tanh', optimizer });
  return {
    encoder: network('encoder', [5 * contextPairs, 6, 2 * latent]),
    reward: network('reward', [2 + latent, 6, 1]),
    latent,
    contextPairs,
  };
}

describe('vpl', () => {
  let vplLoss: VplLoss;
  before(async () => {
    vplLoss = await snippetFunction<VplLoss>('preference-learning/vpl', 'vpl-elbo', 'vplLoss');
  });

  it('is the surprise at the labels where the posterior is the prior', () => {
    assert.ok(Math.abs(vplLoss([0, 0, 0], [1, 0, 1], [0, 0], [0, 0], 1) - 3 * Math.LN2) < 1e-12);
    assert.ok(Math.abs(vplLoss([2], [1], [], [], 1) + Math.log(1 / (1 + Math.exp(-2)))) < 1e-12);
    assert.ok(Math.abs(vplLoss([900, -900], [0, 1], [], [], 1) - 1800) < 1e-9);
  });

  it('weighs the divergence from the prior, which an average over the posterior confirms', () => {
    const [m, logVar] = [0.7, -1.2];
    const rng = createRng('vpl divergence', 0);
    const terms = Array.from({ length: 200_000 }, () => {
      const noise = rng.normal();
      const z = m + Math.exp(logVar / 2) * noise;
      return (z * z - noise * noise - logVar) / 2; // log q(z) - log p(z)
    });
    assert.ok(Math.abs(vplLoss([], [], [m], [logVar], 3) - 3 * mean(terms)) < 0.03);
  });

  it('goes back through both networks as finite differences do', () => {
    const model = tinyModel();
    const rng = createRng('vpl people', 0);
    const drawn = Array.from({ length: people }, () => drawPerson(rng, goalsOf(4), contextPairs + 2, 0.1));
    const noise = Array.from({ length: people * latent }, () => rng.normal());
    const loss = () =>
      mean(backpropagate(model, drawn, drawn, { given: [], noise, klWeight: 0.7 }).losses) / (contextPairs + 2);
    loss();
    for (const network of [model.encoder, model.reward] as DenseNetwork[]) {
      const gradient = network.gradient();
      const at = network.readParameters();
      const width = 1e-2;
      for (let k = 0; k < at.length; k += 7) {
        const moved = (by: number) => {
          network.writeParameters(at.map((value, j) => (j === k ? value + by : value)));
          return loss();
        };
        const slope = (moved(width) - moved(-width)) / (2 * width);
        assert.ok(Math.abs(gradient[k]! - slope) < 2e-3, `${k}: ${gradient[k]} ${slope}`);
      }
      network.writeParameters(at);
    }
  });

  it('draws people whose answers follow their goal, and without noise always', () => {
    const rng = createRng('vpl answers', 0);
    const goals = goalsOf(4);
    assert.ok(goals.every(([x, y]) => Math.abs(Math.abs(x) - 0.7) < 1e-12 && Math.abs(Math.abs(y) - 0.7) < 1e-12));
    const share = (noise: number) => {
      const { goal, states, labels } = drawPerson(rng, goals, 2000, noise);
      const distance = (i: number) => Math.hypot(states[i]! - goals[goal]![0], states[i + 1]! - goals[goal]![1]);
      return mean(Array.from(labels, (label, i) => (distance(4 * i) < distance(4 * i + 2) === (label === 1) ? 1 : 0)));
    };
    assert.equal(share(0), 1);
    assert.ok(share(0.1) > 0.85 && share(0.1) < 0.97);
    assert.ok(Math.abs(share(50) - 0.5) < 0.06);
  });

  it('loses its claim where one reward for all, or a stranger, stands in for the person', async () => {
    const records = await shortRun(experiment, { steps: 100 }, { seeds: [0, 1] });
    assertSound(experiment, records);
    for (const by of ['bradley_terry', 'shuffled', 'full_kl']) {
      assert.equal(verdictWith(experiment, records, { of: 'vpl', by }), 'fails', by);
    }
  });
});
