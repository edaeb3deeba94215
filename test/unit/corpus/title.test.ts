import assert from 'node:assert/strict';
import { normalTitle, significantWords, withoutLatex } from '../../../src/corpus/title.ts';

describe('titles', () => {
  it('are the same in any case, punctuation, spacing and accents', () => {
    const normal = normalTitle('TÜLU 3: Pushing Frontiers in Open Language-Model Post-Training');
    for (const title of [
      'Tulu 3 — pushing frontiers in open language model posttraining.',
      '“TÜLU 3: Pushing   Frontiers in Open Language Model Post‑Training”',
      'TU\u0308LU 3: Pushing Frontiers in Open Language Model Post-Training',
      'T{\\"U}LU 3: Pushing Frontiers in Open Language Model Post-Training',
    ]) {
      assert.equal(normalTitle(title), normal, title);
    }
  });

  it('are the same with LaTeX and without', () => {
    assert.equal(normalTitle('$\\mathcal{B}$-Coder: Programs'), normalTitle('B-Coder: Programs'));
    assert.equal(normalTitle('mathcal{B}-Coder: Programs'), normalTitle('B-Coder: Programs'));
    assert.equal(
      normalTitle('Regression with $\\ell_\\infty$ Guarantee'),
      normalTitle('Regression with ell_infty Guarantee'),
    );
    assert.equal(withoutLatex('\\textbf{Bold} claims by \\v{S}im\\"on'), 'Bold claims by Simon');
  });

  it('of different papers differ', () => {
    assert.notEqual(normalTitle('Learning to Relax'), normalTitle('Learning to Relax More'));
    assert.notEqual(normalTitle('深い学習'), normalTitle('浅い学習'));
  });

  it('have the words that tell them apart', () => {
    assert.deepEqual(significantWords("Let's Make the Näive Baker Go Faster"), [
      'lets',
      'make',
      'naive',
      'baker',
      'go',
      'faster',
    ]);
    assert.deepEqual(significantWords('What Can We Do?'), []);
  });
});
