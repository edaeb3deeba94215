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

/**
 * Calls of operations without a gradient in what a source hands to `tf.variableGrads`, `minimize` and their like. Looks
 * only at what is written there: a loss that is defined elsewhere shows when it is computed.
 */
export function findUndifferentiable(source: string): Undifferentiable[] {
  const code = withoutTexts(source);
  const own = rangesBehind(ownGradient, code);
  const found = new Map<number, Undifferentiable>();
  for (const [start, end] of rangesBehind(gradient, code)) {
    for (const match of code.slice(start, end).matchAll(call)) {
      const at = start + match.index;
      if (own.some(([from, to]) => at >= from && at < to)) continue;
      const operation = match[1]!.replaceAll(/\s/g, '');
      found.set(at, { operation, line: code.slice(0, at).split('\n').length });
    }
  }
  return [...found].sort(([one], [other]) => one - other).map(([, each]) => each);
}

/** Start and end of the arguments of every call that the pattern finds up to its opening parenthesis. */
function rangesBehind(pattern: RegExp, code: string): [start: number, end: number][] {
  return [...code.matchAll(pattern)].map((match) => {
    const start = match.index + match[0].length;
    let depth = 1;
    let end = start;
    for (; end < code.length && depth > 0; end++) {
      if (code[end] === '(') depth++;
      else if (code[end] === ')') depth--;
    }
    return [start, end];
  });
}

/** The code with comments, strings and template strings blanked, so that every place stays where it is. */
function withoutTexts(source: string): string {
  const texts = /\/\/[^\n]*|\/\*[^]*?\*\/|'(?:\\[^]|[^'\\\n])*'|"(?:\\[^]|[^"\\\n])*"|`(?:\\[^]|[^`\\])*`/g;
  return source.replace(texts, (text) => text.replace(/[^\n]/g, ' '));
}
