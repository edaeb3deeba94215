import * as v from 'valibot';
import type { RunEvent } from './events.ts';
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
  if (result.success) return { event: result.output };
  const issue = result.issues[0];
  const path = v.getDotPath(issue);
  return { problem: `is not an event${path === null ? '' : ` (${path})`}: ${issue.message}` };
}

function shortened(line: string): string {
  return line.length <= 60 ? line : `${line.slice(0, 60)}…`;
}
