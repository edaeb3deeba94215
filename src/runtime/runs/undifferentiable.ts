import { refusedOperations } from '../backends/gradients/refused-operations.ts';

/** An operation without a gradient that stands inside of one. */
export interface Undifferentiable {
  /** As the sdk calls it: `image.transform`. */
  readonly operation: string;
  /** 0-based, in the source that was searched. */
  readonly line: number;
  readonly column: number;
}

/** The sdk's names, and those of operations that are made of them. */
const operations = [...refusedOperations.values(), 'rfft', 'irfft', 'stft'];
/** Those that tensors have as methods. */
const methods: ReadonlySet<string> = new Set(['fft', 'ifft', 'rfft', 'irfft']);
/** What is taken out of the functions of the engine: `const { image, fft: transformed } = tf`. */
const taken = /\{([^{}]*)\}\s*=\s*tf\b(?!\s*[.([])/g;
/** Where a function is differentiated that may be written in place. */
const gradient = /\b(?:grads?|valueAndGrads?|variableGrads|minimize|computeGradients)\s*\(/g;
/** What brings its own gradient. */
const ownGradient = /\bcustomGrad\s*\(/g;

/** A name before a parameter list, as in `function loss(x) {` and in the method `loss(x) {` of a class or an object. */
const beforeParameters = /(?<![\w$])([A-Za-z_$][\w$]*)\s*(?:<[^<>()]*>)?\s*\(/g;
/** A name that is given a function: `const loss = (x) => …`, `loss: (x) => …`, `const loss = function (x) {`. */
const beforeFunction =
  /(?<![\w$])([A-Za-z_$][\w$]*)\s*[=:]\s*(?:async\b\s*)?(?:function\b[^(]*\(|(?:<[^<>()]*>\s*)?\(|[A-Za-z_$][\w$]*(?=\s*=>))/g;
/** What stands between parameters and a body: perhaps a type, then perhaps an arrow. */
const beforeBody = /\s*(?::[^;={}]*)?(=>)?\s*/y;
const identifier = /(?<![\w$])[A-Za-z_$][\w$]*/g;
/** What has parentheses and a block behind them and is no function. */
const statements: ReadonlySet<string> = new Set(['if', 'for', 'while', 'switch', 'catch', 'with']);

/** Start and end of a part of a source. */
type Range = readonly [start: number, end: number];

/**
 * Calls of operations without a gradient in what a source hands to `tf.variableGrads`, `minimize` and their like, and in the
 * functions of the same source that are named there or, in turn, in those. Functions go by their names alone, and the
 * engine by the name `tf`. What goes by other ways shows when it is computed.
 */
export function findUndifferentiable(source: string): Undifferentiable[] {
  const code = withoutTexts(source);
  const closers = matchBrackets(code);
  const own = rangesBehind(ownGradient, code, closers);
  const isOwn = (at: number) => own.some(([from, to]) => at >= from && at < to);
  const bodies = functionBodies(code, closers);
  const calls = callPatterns(code);
  const found = new Map<number, Undifferentiable>();
  const ranges = rangesBehind(gradient, code, closers);
  const searched: Range[] = [];
  // Grows while it is gone through.
  for (const [start, end] of ranges) {
    if (searched.some(([from, to]) => start >= from && end <= to)) continue;
    searched.push([start, end]);
    const part = code.slice(start, end);
    for (const [pattern, operation] of calls) {
      for (const { index } of part.matchAll(pattern)) {
        const at = start + index;
        if (isOwn(at) || found.has(at)) continue;
        const lines = code.slice(0, at).split('\n');
        found.set(at, { operation, line: lines.length - 1, column: lines.at(-1)!.length });
      }
    }
    for (const { 0: name, index } of part.matchAll(identifier)) {
      const named = bodies.get(name);
      if (named === undefined || isOwn(start + index)) continue;
      bodies.delete(name);
      ranges.push(...named);
    }
  }
  return [...found].sort(([one], [other]) => one - other).map(([, each]) => each);
}

/** What calls each operation: by way of `tf`, of what is taken out of it, or of a tensor. */
function callPatterns(code: string): (readonly [pattern: RegExp, operation: string])[] {
  const aliases = [...code.matchAll(taken)].flatMap(([, names]) =>
    names!.split(',').map((entry) => entry.split(':').map((name) => name.trim())),
  );
  const spaced = (name: string) => name.replaceAll('.', '\\s*\\.\\s*').replaceAll('$', '\\$');
  return operations.map((operation) => {
    const [root, ...rest] = operation.split('.');
    const own = aliases
      .filter(([name]) => name === root)
      .map(([name, alias = name!]) => `(?<![\\w$.])${spaced([alias, ...rest].join('.'))}`);
    const ways = [
      `\\btf\\s*\\.\\s*(?:(?:spectral|signal)\\s*\\.\\s*)?${spaced(operation)}`,
      ...(methods.has(operation) ? [`(?<=[\\w$)\\]]\\s*)\\.\\s*${operation}`] : []),
      ...own,
    ];
    return [new RegExp(`(?:${ways.join('|')})\\s*\\(`, 'g'), operation] as const;
  });
}

/** The bodies of the functions that have a name, by it. */
function functionBodies(code: string, closers: ReadonlyMap<number, number>): Map<string, Range[]> {
  const bodies = new Map<string, Range[]>();
  for (const match of [...code.matchAll(beforeParameters), ...code.matchAll(beforeFunction)]) {
    const name = match[1]!;
    const end = match.index + match[0].length;
    beforeBody.lastIndex = match[0].endsWith('(') ? closers.get(end - 1)! + 1 : end;
    const arrow = beforeBody.exec(code)?.[1] !== undefined;
    const start = beforeBody.lastIndex;
    const block = code[start] === '{';
    if (statements.has(name) || start === 0 || !(arrow || block)) continue;
    const body: Range = [start, block ? closers.get(start)! : endOfExpression(code, start, closers)];
    bodies.set(name, [...(bodies.get(name) ?? []), body]);
  }
  return bodies;
}

/** Start and end of the arguments of every call that the pattern finds up to its opening parenthesis. */
function rangesBehind(pattern: RegExp, code: string, closers: ReadonlyMap<number, number>): Range[] {
  return [...code.matchAll(pattern)].map((match) => {
    const start = match.index + match[0].length;
    return [start, closers.get(start - 1)!];
  });
}

/** Where the expression ends that begins here: before what separates it from the next, or closes what it stands in. */
function endOfExpression(code: string, start: number, closers: ReadonlyMap<number, number>): number {
  let at = start;
  while (at < code.length && !/[;,)\]}]/.test(code[at]!)) at = (closers.get(at) ?? at) + 1;
  return at;
}

/** Of every opening bracket the place of its closing one, or of the code's end where it has none. */
function matchBrackets(code: string): Map<number, number> {
  const closers = new Map<number, number>();
  const open: Record<string, number[]> = { ')': [], ']': [], '}': [] };
  const closing: Record<string, string> = { '(': ')', '[': ']', '{': '}' };
  for (const { 0: bracket, index } of code.matchAll(/[()[\]{}]/g)) {
    if (closing[bracket] !== undefined) {
      open[closing[bracket]]!.push(index);
      closers.set(index, code.length);
    } else {
      const opened = open[bracket]!.pop();
      if (opened !== undefined) closers.set(opened, index);
    }
  }
  return closers;
}

/** The code with comments, strings and template strings blanked, so that every place stays where it is. */
function withoutTexts(source: string): string {
  const texts = /\/\/[^\n]*|\/\*[^]*?\*\/|'(?:\\[^]|[^'\\\n])*'|"(?:\\[^]|[^"\\\n])*"|`(?:\\[^]|[^`\\])*`/g;
  return source.replace(texts, (text) => text.replace(/[^\n]/g, ' '));
}
