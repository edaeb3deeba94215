import { refusedOperations } from '../backends/gradients/refused-operations.ts';

/** An operation without a gradient that stands inside of one. */
export interface Undifferentiable {
  /** As the sdk calls it: `image.transform`. */
  readonly operation: string;
  /** 1-based. */
  readonly line: number;
}

const operations = [...refusedOperations.values()].map((name) => name.replaceAll('.', '\\s*\\.\\s*'));
const call = new RegExp(`\\btf\\s*\\.\\s*(?:(?:spectral|signal)\\s*\\.\\s*)?(${operations.join('|')})\\s*\\(`, 'g');
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
 * functions of the same source that are named there or, in turn, in those. Functions go by their names alone. What other
 * files define shows when it is computed.
 */
export function findUndifferentiable(source: string): Undifferentiable[] {
  const code = withoutTexts(source);
  const closers = matchBrackets(code);
  const own = rangesBehind(ownGradient, code, closers);
  const isOwn = (at: number) => own.some(([from, to]) => at >= from && at < to);
  const bodies = functionBodies(code, closers);
  const found = new Map<number, Undifferentiable>();
  const ranges = rangesBehind(gradient, code, closers);
  const searched: Range[] = [];
  // Grows while it is gone through.
  for (const [start, end] of ranges) {
    if (searched.some(([from, to]) => start >= from && end <= to)) continue;
    searched.push([start, end]);
    const part = code.slice(start, end);
    for (const match of part.matchAll(call)) {
      const at = start + match.index;
      if (isOwn(at)) continue;
      const operation = match[1]!.replaceAll(/\s/g, '');
      found.set(at, { operation, line: code.slice(0, at).split('\n').length });
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
