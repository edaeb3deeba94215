import * as v from 'valibot';
import type { RunEvent } from './events.ts';
import { issueInWords } from './issue-in-words.ts';
import { eventSchema } from './schemas.ts';

/** A line of `events.jsonl` as an event, or what is wrong with it. */
export type DecodedLine = { readonly event: RunEvent } | { readonly problem: string };

/** Reads one line of `events.jsonl`. Never throws. */
export function decodeEvent(line: string): DecodedLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { problem: `is not JSON: ${shortened(line)}` };
  }
  const result = v.safeParse(eventSchema, value, { abortEarly: true });
  if (!result.success) return { problem: `is not an event: ${wrongIn(result.issues[0])}` };
  const event = result.output;
  if (event.type === 'points' && event.steps.length !== event.values.length) {
    return { problem: `is not an event: it has ${event.steps.length} steps and ${event.values.length} values` };
  }
  return { event };
}

function wrongIn(issue: v.BaseIssue<unknown>): string {
  const unknown = v.getDotPath(issue) === 'type' && typeof issue.input === 'string';
  return unknown ? `this version of Marginalia knows no type ${shortened(issue.received)}` : issueInWords(issue);
}

function shortened(line: string): string {
  return line.length <= 60 ? line : `${line.slice(0, 60)}…`;
}
