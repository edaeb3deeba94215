import assert from 'node:assert/strict';
import { completionContext } from '../../../src/extension/papers/completion-context.ts';

const context = (language: string, before: string): string => {
  const found = completionContext(before, language);
  return found === undefined ? '–' : `${found.kind} ${found.typed}`;
};

describe('what is being written before the cursor', () => {
  it('is a citation key behind \\cite{, cite: and paper:', () => {
    assert.equal(context('latex', 'as in \\cite{re'), 'key re');
    assert.equal(context('latex', 'as in \\citep[see][]{rex, cp'), 'key cp');
    assert.equal(context('python', 'x = 1  # cite: rex, c'), 'key c');
    assert.equal(context('typescript', "  paper: 'r"), 'key r');
    assert.equal(context('python', '    paper="'), 'key ');
  });

  it('is a citation key behind @ in comments, strings and prose, not in code', () => {
    assert.equal(context('markdown', 'We follow [@re'), 'key re');
    assert.equal(context('typescript', 'let a = 1; // after @'), 'key ');
    assert.equal(context('python', '"""\nDocs of @re'), 'key re');
    assert.equal(context('python', "name = '@re"), 'key re');
    assert.equal(context('python', '@re'), '–');
    assert.equal(context('typescript', 'class A {\n  @inp'), '–');
    assert.equal(context('markdown', 'mail me@re'), '–');
  });

  it('is a name in comments and prose, not in code or strings of one line', () => {
    assert.equal(context('markdown', 'the Reflected Exp'), 'name Exp');
    assert.equal(context('rust', '/* uses Conser'), 'name Conser');
    assert.equal(context('rust', 'let rex'), '–');
    assert.equal(context('typescript', "import 'conf"), '–');
    assert.equal(context('json', '{ "name": "re'), '–');
  });

  it('is code again behind a comment that has ended', () => {
    assert.equal(context('c', '/* note */ re'), '–');
    assert.equal(context('python', '# note\nre'), '–');
  });
});
