/**
 * Editor snippets, cut from the tested experiments: what stands between `// #region snippet <prefix>` and
 * `// #endregion` of `experiment.ts` is inserted as it is (in JavaScript files without its types).
 */
/**
 * The lines of a snippet's region.
 * @returns {{ lines: string[], line: number } | { fault: string, line: number }} the code, moved to the left margin, and
 * the 1-based line of its `#region`; or what is wrong and where.
 */
export function regionOf(source, prefix) {
  const lines = source.split(/\r?\n/);
  const marks = lines.map((line) => line.trim());
  const starts = marks.flatMap((mark, i) => (mark === `// #region snippet ${prefix}` ? [i] : []));
  if (starts.length === 0) {
    return { fault: `has no "// #region snippet ${prefix}"; put one before the snippet's function`, line: 1 };
  }
  const [start, second] = starts;
  if (second !== undefined) return { fault: `has two regions for the snippet ${prefix}`, line: second + 1 };
  const end = marks.indexOf('// #endregion', start);
  if (end < 0) return { fault: `the region of the snippet ${prefix} has no "// #endregion"`, line: start + 1 };
  const nested = marks.findIndex((mark, i) => i > start && i < end && mark.startsWith('// #region'));
  if (nested >= 0) return { fault: `a region begins within that of the snippet ${prefix}`, line: nested + 1 };
  const body = lines.slice(start + 1, end);
  while (body.at(-1)?.trim() === '') body.pop();
  while (body[0]?.trim() === '') body.shift();
  if (body.length === 0) return { fault: `the region of the snippet ${prefix} is empty`, line: start + 1 };
  const margin = Math.min(...body.filter((line) => line.trim()).map((line) => line.length - line.trimStart().length));
  return { lines: body.map((line) => line.slice(margin)), line: start + 1 };
}

/**
 * What is wrong between a card's signature and the region's code, if anything: a function must stand there with exactly
 * that signature (layout aside); of another declaration the names must be there.
 */
export function signatureFault(signature, lines) {
  const code = lines.join('\n');
  const names = [...signature.matchAll(/\b(?:function|class|interface|type|const)\s+([A-Za-z_$][\w$]*)/g)];
  if (names.length === 0) return `declares nothing; write it like "function rexSchedule(step: number): number"`;
  for (const [declaration, name] of names) {
    const [keyword] = declaration.split(/\s/);
    if (!new RegExp(`\\b${keyword}\\s+${name.replaceAll('$', '\\$')}(?![\\w$])`).test(code)) {
      return `declares ${keyword} ${name}, which is not in the snippet's region`;
    }
  }
  if (signature.startsWith('function') && !bare(code).includes(bare(signature))) {
    return `differs from that of ${names[0][1]} in the snippet's region`;
  }
  return undefined;
}

/** Code without what layout adds: white space, trailing commas and semicolons, kind of quotes. */
function bare(code) {
  return code
    .replace(/\s+/g, '')
    .replaceAll('"', "'")
    .replace(/[,;](?=[)}\]])/g, '');
}

/**
 * The contents of the contributed `.code-snippets` file.
 * @param {readonly { prefix: string, description: string, lines: readonly string[], plain: readonly string[] }[]} snippets
 * `lines`: the code in TypeScript, `plain`: in JavaScript.
 */
export function codeSnippets(snippets) {
  const entries = snippets.flatMap(({ prefix, description, lines, plain }) => [
    [prefix, { scope: 'typescript,typescriptreact', prefix, body: lines.map(escaped), description }],
    [`${prefix} (JavaScript)`, { scope: 'javascript,javascriptreact', prefix, body: plain.map(escaped), description }],
  ]);
  return Object.fromEntries(entries);
}

/** The same code as JavaScript, laid out alike, with its comments. */
export async function withoutTypes(lines, layout) {
  // Large, and needed only for snippets that changed.
  const [{ default: ts }, prettier] = await Promise.all([import('typescript'), import('prettier')]);
  // The compiler keeps comments but no empty lines, so they travel as comments.
  const emptyLine = '//empty line';
  const marked = lines.map((line) => (line.trim() === '' ? emptyLine : line)).join('\n');
  const { outputText } = ts.transpileModule(marked, {
    compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.Preserve, alwaysStrict: false },
  });
  const text = outputText.replace(new RegExp(`^[ \\t]*${emptyLine}$`, 'gm'), '');
  return (await prettier.format(text, { ...layout, parser: 'babel' })).trimEnd().split('\n');
}

/** A line of code as a line of a snippet's body: `$`, `}` and `\` mean themselves, indentation follows the editor's. */
function escaped(line) {
  const indent = /^(?: {2})*/.exec(line)[0];
  return '\t'.repeat(indent.length / 2) + line.slice(indent.length).replace(/[\\$}]/g, '\\$&');
}
