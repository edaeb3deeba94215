import assert from 'node:assert/strict';
import { codeSnippets, regionOf, signatureFault, withoutTypes } from '../../../scripts/build/snippets.mjs';

const source = `import { experiment } from 'marginalia';

  // #region snippet rex-schedule
  /** The rate at a step. */
  function rexSchedule(step: number, options: { total: number; base: number }): number {

    return \`\${step}\`.length; // path\\n
  }
  // #endregion
`;

describe('snippet regions', () => {
  it('are the lines between the marks, moved to the margin', () => {
    const region = regionOf(source, 'rex-schedule');
    assert.equal(region.line, 3);
    assert.equal(region.lines?.[0], '/** The rate at a step. */');
    assert.equal(region.lines.at(-1), '}');
    assert.equal(region.lines[2], '');
    assert.equal(region.lines[3], '  return `${step}`.length; // path\\n');
  });

  const faults: [what: string, text: string, line: number, fault: RegExp][] = [
    ['is missing', source.replace('rex-schedule', 'other'), 1, /has no "\/\/ #region snippet rex-schedule"/],
    ['does not end', source.replace('// #endregion', ''), 3, /has no "\/\/ #endregion"/],
    ['stands twice', source + source, 12, /two regions/],
    ['holds another', source.replace('return', '// #region inner\n return'), 7, /begins within/],
    ['is empty', '// #region snippet rex-schedule\n\n// #endregion', 1, /is empty/],
  ];
  for (const [what, text, line, fault] of faults) {
    it(`are refused with a line where one ${what}`, () => {
      const region = regionOf(text, 'rex-schedule');
      assert.match(region.fault ?? '', fault);
      assert.equal(region.line, line);
    });
  }
});

describe('signatures', () => {
  const { lines } = regionOf(source, 'rex-schedule') as { lines: string[] };

  it('may be laid out otherwise than the code', () => {
    const signature = 'function rexSchedule( step: number, options: {total: number; base: number;}, ): number';
    assert.equal(signatureFault(signature, lines), undefined);
    const wrapped = ['export function f(', '  a: "x",', '  b: number,', '): void {', '}'];
    assert.equal(signatureFault("function f(a: 'x', b: number): void", wrapped), undefined);
  });

  it('are refused where the function is missing or is declared otherwise', () => {
    assert.match(
      signatureFault('function rexRate(step: number): number', lines) ?? '',
      /function rexRate, which is not/,
    );
    assert.match(
      signatureFault('function rexSchedule(step: string): number', lines) ?? '',
      /differs from that of rexS/,
    );
    assert.match(signatureFault('rexSchedule(step)', lines) ?? '', /declares nothing/);
    // A name that merely begins alike is another name.
    assert.match(signatureFault('function rex(step: number): number', lines) ?? '', /function rex, which is not/);
  });

  it('of several declarations need each of them in the region', () => {
    const code = ['interface Teacher {}', 'class AlpTeacher implements Teacher {}'];
    assert.equal(signatureFault('interface Teacher { sample(): number } class AlpTeacher { }', code), undefined);
    assert.match(signatureFault('interface Teacher {} class Other {}', code) ?? '', /class Other, which is not/);
  });
});

describe('editor snippets', () => {
  /** What the editor inserts for a body without placeholders. */
  const inserted = (body: readonly string[]) => body.join('\n').replace(/\\([\\$}])/g, '$1');
  const lines = regionOf(source, 'rex-schedule').lines ?? [];

  it('insert the code as it stands, indented as the editor indents', () => {
    const made = codeSnippets([{ prefix: 'rex-schedule', description: 'The rate.', lines, plain: ['x'] }]);
    assert.deepEqual(Object.keys(made), ['rex-schedule', 'rex-schedule (JavaScript)']);
    assert.equal(made['rex-schedule']?.scope, 'typescript,typescriptreact');
    assert.equal(made['rex-schedule (JavaScript)']?.scope, 'javascript,javascriptreact');
    assert.equal(inserted(made['rex-schedule'].body), lines.join('\n').replace(/^ {2}/gm, '\t'));
  });

  it('leave no $ that the editor would take for a placeholder', () => {
    const made = codeSnippets([{ prefix: 'p', description: '', lines, plain: lines }]);
    for (const { body } of Object.values(made)) {
      assert.match(body.join('\n'), /\\\$\{step\\\}/);
      assert.doesNotMatch(body.join('\n').replace(/\\[\\$}]/g, ''), /[\\$]/);
    }
  });

  it('for JavaScript have no types but all comments and empty lines', async () => {
    const code = (await withoutTypes(lines, { singleQuote: true })).join('\n');
    assert.match(code, /^\/\*\* The rate at a step\. \*\/\nfunction rexSchedule\(step, options\) \{\n/);
    assert.match(code, /\/\/ path\\n/);
    const spaced = ['const a: number = 1;', '', '// why', 'const b: number = a;'];
    assert.deepEqual(await withoutTypes(spaced, {}), ['const a = 1;', '', '// why', 'const b = a;']);
  });
});
