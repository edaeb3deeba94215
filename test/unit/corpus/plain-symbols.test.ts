import assert from 'node:assert/strict';
import { plainSymbols } from '../../../src/corpus/plain-symbols.ts';

describe('plainSymbols', () => {
  for (const [written, shown] of [
    ['t: current update; \\eta_0: initial rate', 't: current update; η₀: initial rate'],
    ['\\Delta: updates between two readings', 'Δ: updates between two readings'],
    ['mu_k^(alp): last coordinate; p_rnd = 0.2', 'μ_k^(alp): last coordinate; p_rnd = 0.2'],
    ['lambda in (0,1]; eta=sqrt(8 ln K / N)', 'λ in (0,1]; η=sqrt(8 ln K / N)'],
    ['\\tilde c: context; \\hat{y}: estimate', 'c̃: context; ŷ: estimate'],
    ['beta_1 small, beta_2 the KL coefficient, x_{12}', 'β₁ small, β₂ the KL coefficient, x₁₂'],
  ] as const) {
    it(`writes “${written}” as it reads`, () => assert.equal(plainSymbols(written), shown.normalize('NFC')));
  }

  it('leaves words and names alone that hold the name of a letter', () => {
    const text = 'period, beta-binomial is not Beta, metadata, best_of_3, alphabet';
    assert.equal(plainSymbols(text), text.replace('beta-', 'β-'));
  });
});
