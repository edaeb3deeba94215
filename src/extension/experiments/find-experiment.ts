/** Languages that experiments are written in. */
const experimentLanguages = new Set(['typescript', 'javascript', 'typescriptreact', 'javascriptreact']);

const definition = /^export[ \t]+default[ \t]+experiment[ \t]*\(/m;
const imported = /^import\b[^;]*?\bfrom[ \t]*(['"])marginalia\1/m;
const paper = /\bpaper[ \t]*:[ \t]*(['"])([^'"\n]+)\1/;

/** What a file's text tells of its experiment without running it. */
export interface FoundExperiment {
  /** 0-based line of `export default experiment(`. */
  readonly line: number;
  /** Citation key of the paper, where it is written out. */
  readonly paper: string | undefined;
}

/** Finds the experiment that a module of this language declares. Only the text is looked at. */
export function findExperiment(language: string, text: string): FoundExperiment | undefined {
  if (!experimentLanguages.has(language)) return undefined;
  const found = definition.exec(text);
  if (found === null || !imported.test(text)) return undefined;
  let line = 0;
  for (let end = text.indexOf('\n'); end >= 0 && end < found.index; end = text.indexOf('\n', end + 1)) line++;
  return { line, paper: paper.exec(text.slice(found.index))?.[2] };
}
