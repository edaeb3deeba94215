import * as v from 'valibot';

/** How much of a value is quoted at most, in characters. */
const quoted = 40;

/** What the schema calls a kind of value, and what people do. */
const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  iso_timestamp: 'a time',
};

/** What is wrong with a value that a schema refused, in plain words: where in it, what is there, and what belongs there. */
export function issueInWords(issue: v.BaseIssue<unknown>): string {
  const { type, input, received, expected, message } = issue;
  const where = v.getDotPath(issue) ?? 'it';
  if (input === undefined) return `${where} is missing`;
  // A schema of ours that looks at the value itself says what it is not.
  if (type === 'custom') return `${where} ${message}`;
  const found = received.length <= quoted ? received : `${received.slice(0, quoted)}…`;
  return `${where} is ${found}, not ${belongs(type, expected)}`;
}

function belongs(type: string, expected: string | null): string {
  const kind = kinds[type];
  if (kind !== undefined) return kind;
  if (expected === 'Object') return 'an object';
  const choices = (expected ?? '').replace(/[()]/g, '').split(' | ');
  return choices.length > 1 ? `one of ${choices.join(', ')}` : choices[0]! || 'what belongs there';
}
