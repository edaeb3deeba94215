import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Reference } from '../../../src/corpus/reference.ts';
import { paperBlocks } from '../../../src/extension/papers/blocks.ts';

/** Finds the papers that a text names as `«key»` and says above which line (1-based) each is shown. */
function shown(language: string, text: string): string[] {
  const references = [...text.matchAll(/«(\w+)»/g)].map((match): Reference => ({
    start: match.index,
    end: match.index + match[0].length,
    kind: 'key',
    paper: match[1],
  }));
  return paperBlocks(text, language, references).map(({ line, papers }) => `${line + 1}: ${papers.join(' ')}`);
}

describe('blocks of references', () => {
  it('are the symbols around them', () => {
    const text = [
      'export function first(step: number) {',
      '  const rate = «rex»(step);',
      '  return «rex» * rate;',
      '}',
      '',
      'class Trainer {',
      '  step(): void {',
      '    if (this.warm) {',
      '      use(«cpl»);',
      '    }',
      '  }',
      '}',
    ].join('\n');
    assert.deepEqual(shown('typescript', text), ['1: rex', '7: cpl']);
  });

  it('begin at the comment or decorator that stands above a symbol', () => {
    const text = ['# Schedule «rex»', '# of «cpl»', '@cached', 'def rate(step):', '    return «rex»(step)', ''].join(
      '\n',
    );
    assert.deepEqual(shown('python', text), ['1: rex cpl']);
  });

  it('show a paper once, where the symbol shows it and a comment inside repeats it', () => {
    const text = ['function f() {', '  // see «rex» and «cpl»', '  return «rex»();', '}'].join('\n');
    assert.deepEqual(shown('javascript', text), ['1: rex', '2: cpl']);
  });

  it('are comment blocks where no symbol shows the paper', () => {
    const text = ['/*', ' * Notes on «rex»,', ' * and again «rex».', ' */', '', 'const x = 1;'].join('\n');
    assert.deepEqual(shown('typescript', text), ['1: rex']);
  });

  it('follow a declaration over several lines', () => {
    const text = [
      'def train(',
      '    data,',
      '    budget,',
      '):',
      '    """Trains with «rex»."""',
      '    return «cpl»',
    ].join('\n');
    assert.deepEqual(shown('python', text), ['1: rex cpl']);
  });

  it('keep statements of a file together that touch', () => {
    const text = ['import a', 'from b import «rex»', 'import «cpl»', '', 'run(«rex»)'].join('\n');
    assert.deepEqual(shown('python', text), ['1: rex cpl', '5: rex']);
  });

  it('are paragraphs in prose', () => {
    const text = ['# Title', '', 'We follow «rex»', 'and «cpl» and «rex».', '', 'Later «rex».'].join('\n');
    assert.deepEqual(shown('markdown', text), ['3: rex cpl', '6: rex']);
  });

  it('leave out papers that the corpus does not have', () => {
    const reference: Reference = { start: 0, end: 4, kind: 'arxiv', paper: undefined, identifier: '0000.0000' };
    assert.deepEqual(paperBlocks('text', 'markdown', [reference]), []);
  });

  it('show every paper at least once, none twice on a line, above or on the line that names it', () => {
    const line = fc.constantFrom(
      ...[
        '',
        '}',
        '  }',
        'def f():',
        '    x = «a»',
        '# «b»',
        '  // «a» «b»',
        'class «c» {',
        '"""',
        '/*',
        '*/ «c»',
        ')',
      ],
    );
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 30 }),
        fc.constantFrom('python', 'typescript', 'markdown', 'rust'),
        (lines, language) => {
          const text = lines.join('\n');
          const blocks = shown(language, text).map((entry) => /^(\d+): (.*)$/.exec(entry)!);
          const named = new Set([...text.matchAll(/«(\w+)»/g)].map((match) => match[1]!));
          assert.deepEqual(new Set(blocks.flatMap((block) => block[2]!.split(' '))), named);
          for (const [, at, papers] of blocks) {
            const keys = papers!.split(' ');
            assert.equal(new Set(keys).size, keys.length);
            for (const key of keys)
              assert.ok(lines.findLastIndex((other) => other.includes(`«${key}»`)) + 1 >= Number(at));
          }
          assert.equal(new Set(blocks.map((block) => block[1])).size, blocks.length);
        },
      ),
    );
  });
});
