import assert from 'node:assert/strict';
import { createRng, softmax } from 'marginalia';
import experiment, { logitGradients } from '../../../snippets/llm-reasoning/asft/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';

type Loss = (p: number[], held: number[], pBase: number[], target: number) => number;
const kl = (p: number[], q: number[]) => p.reduce((sum, value, k) => sum + value * Math.log(value / q[k]!), 0);
const lambda = 0.37;

/** The losses as the paper writes them; `held` are the probabilities that the gradient takes for constants. */
const losses: Record<keyof typeof logitGradients, Loss> = {
  sft: (p, _held, _base, y) => -Math.log(p[y]!),
  sft_kl: (p, _held, base, y) => -Math.log(p[y]!) + lambda * kl(base, p),
  dft: (p, held, _base, y) => -held[y]! * Math.log(p[y]!),
  no_stop: (p, _held, _base, y) => -p[y]! * Math.log(p[y]!),
  asft: (p, held, base, y) => -held[y]! * Math.log(p[y]!) + lambda * kl(base, p),
  reverse_kl: (p, held, base, y) => -held[y]! * Math.log(p[y]!) + lambda * kl(p, base),
};

describe('asft', () => {
  it('has the gradients of its losses by finite differences', () => {
    const rng = createRng('asft gradients', 1);
    for (const [name, loss] of Object.entries(losses)) {
      for (let i = 0; i < 20; i++) {
        const logits = Array.from({ length: 5 }, () => rng.normal());
        const base = softmax(Array.from({ length: 5 }, () => rng.normal()));
        const target = rng.int(0, 5);
        const held = softmax(logits);
        const found = logitGradients[name as keyof typeof losses](
          Float32Array.from(held),
          Float32Array.from(base),
          target,
          lambda,
        );
        for (let k = 0; k < 5; k++) {
          const moved = (by: number) => softmax(logits.map((value, j) => (j === k ? value + by : value)));
          const slope = (loss(moved(1e-5), held, base, target) - loss(moved(-1e-5), held, base, target)) / 2e-5;
          assert.ok(Math.abs(found[k]! - slope) < 1e-5, `${name}: ${found[k]} ${slope}`);
        }
      }
    }
  });

  it('climbs the probability of the token where DFT is the whole loss, and pushes it down there without the stop', () => {
    // -p log p falls with p above 1/e and rises below.
    const [low, high] = [Float32Array.of(0.2, 0.8), Float32Array.of(0.6, 0.4)];
    assert.ok(logitGradients.dft(low, low, 0, 0)[0]! < 0 && logitGradients.dft(high, high, 0, 0)[0]! < 0);
    assert.ok(logitGradients.no_stop(low, low, 0, 0)[0]! > 0 && logitGradients.no_stop(high, high, 0, 0)[0]! < 0);
  });

  it('rests where the pull of the token and that of the base are equal', () => {
    // Two tokens: p (1 - p) = lambda (p - b) where the token 0 has p and the base b, along the logit of token 0.
    const [b, weight] = [0.3, 0.5];
    const p = (1 - weight + Math.sqrt((1 - weight) ** 2 + 4 * weight * b)) / 2;
    const gradient = logitGradients.asft(Float32Array.of(p, 1 - p), Float32Array.of(b, 1 - b), 0, weight);
    assert.ok(Math.abs(gradient[0]!) < 1e-6 && Math.abs(gradient[1]!) < 1e-6, `${p} ${gradient.join(' ')}`);
  });

  it('loses its claim where DFT or SFT stands in for the method', async () => {
    const records = await shortRun(experiment, {}, { arms: ['asft', 'dft', 'sft', 'sft_kl'], seeds: [0, 1] });
    assertSound(experiment, records);
    for (const by of ['dft', 'sft', 'sft_kl']) {
      assert.equal(verdictWith(experiment, records, { of: 'asft', by }), 'fails', by);
    }
  });
});
