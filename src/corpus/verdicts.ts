import * as v from 'valibot';
import type { Problem } from './paper.ts';

const outcome = v.picklist(['holds', 'fails', 'inconclusive']);

const recordedVerdictSchema = v.object({
  hash: v.string(),
  verdict: outcome,
  effect: v.object({
    label: v.string(),
    value: v.nullable(v.number()),
    interval: v.tuple([v.nullable(v.number()), v.nullable(v.number())]),
    relation: v.picklist(['at least', 'at most']),
    bound: v.number(),
  }),
  conditions: v.number(),
  seeds: v.number(),
  seconds: v.number(),
  engine: v.string(),
  sabotage: v.record(v.string(), outcome),
  curve: v.object({
    metric: v.string(),
    logarithmic: v.object({ steps: v.boolean(), values: v.boolean() }),
    arms: v.record(v.string(), v.object({ steps: v.array(v.number()), values: v.array(v.nullable(v.number())) })),
  }),
});

/**
 * What `marginalia verify` found of one method.
 *
 * - `hash`: of what the verdict depends on, as the build computed it (`Method.hash`). Where that has changed since, the
 *   verdict is stale.
 * - `effect`: the claim's first condition, with its 95 % interval over seeds; null stands for what JSON has no number for.
 * - `conditions`: how many the claim has.
 * - `seconds`: of the whole run.
 * - `engine`: name and version of the tensor engine, or of Node where there is none.
 * - `sabotage`: the verdict when the named baseline or ablation stands in for the method.
 * - `curve`: medians over seeds of the first metric that is a curve, at some steps.
 */
export type RecordedVerdict = v.InferOutput<typeof recordedVerdictSchema>;

/** By the method's id. */
export type RecordedVerdicts = Readonly<Record<string, RecordedVerdict>>;

/**
 * Reads a file of verdicts.
 *
 * @returns the verdicts, without those that cannot be read, and a problem for each of these.
 */
export function readVerdicts(
  text: string,
  file: string,
): { readonly verdicts: RecordedVerdicts; readonly problems: readonly Problem[] } {
  const problem = (line: number, message: string): Problem => ({ file, line, severity: 'error', message });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { verdicts: {}, problems: [problem(1, `is no JSON: ${(error as Error).message}`)] };
  }
  const entries = v.safeParse(v.record(v.string(), v.unknown()), value);
  if (!entries.success || Array.isArray(value))
    return { verdicts: {}, problems: [problem(1, 'must hold one verdict by the id of each method')] };
  const verdicts: Record<string, RecordedVerdict> = {};
  const problems: Problem[] = [];
  for (const [id, entry] of Object.entries(entries.output)) {
    const read = v.safeParse(recordedVerdictSchema, entry);
    if (read.success) {
      verdicts[id] = read.output;
      continue;
    }
    const line = text.slice(0, Math.max(0, text.indexOf(`"${id}":`))).split('\n').length;
    const [issue] = read.issues;
    problems.push(problem(line, `${id}: ${v.getDotPath(issue) ?? 'the verdict'}: ${issue.message}`));
  }
  return { verdicts, problems };
}

/** The file's text: one line a method, in the order of their ids, so that a difference between two versions reads well. */
export function writeVerdicts(verdicts: RecordedVerdicts): string {
  const lines = Object.keys(verdicts)
    .sort()
    .map((id) => `  ${JSON.stringify(id)}: ${JSON.stringify(verdicts[id])}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}
