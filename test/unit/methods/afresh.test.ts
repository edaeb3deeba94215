import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRng } from 'marginalia';
import { readVerdicts } from '../../../src/corpus/verdicts.ts';
import { marginalia } from '../cli/marginalia.ts';

/** Five methods that the commit chooses, so that over time all have their turn; without a history, that the verdicts choose. */
function chosen(ids: readonly string[], recorded: string): readonly string[] {
  let commit = recorded;
  try {
    commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    console.log('      There is no commit to choose by: the verdicts themselves choose.');
  }
  const rng = createRng(commit.trim(), 0);
  const rest = [...ids];
  return Array.from({ length: Math.min(5, rest.length) }, () => rest.splice(rng.int(0, rest.length), 1)[0]!);
}

describe('five methods verified afresh', function () {
  this.timeout(900_000);

  it('come to the verdicts that are recorded, with effects in their intervals', async () => {
    const text = readFileSync('snippets/verdicts.json', 'utf8');
    const { verdicts } = readVerdicts(text, 'snippets/verdicts.json');
    const ids = chosen(Object.keys(verdicts), text);
    console.log(`      ${ids.join(', ')}`);
    const { stdout, stderr } = await marginalia(['verify', ...ids, '--json']);
    assert.ok(stdout.startsWith('['), stderr);
    const rows = JSON.parse(stdout) as { id: string; verdict: string; effect: number | null }[];
    assert.deepEqual(
      rows.map(({ id, verdict }) => [id, verdict]),
      ids.map((id) => [id, verdicts[id]!.verdict]),
    );
    for (const { id, effect } of rows) {
      const [low, high] = verdicts[id]!.effect.interval;
      // Six digits are recorded.
      const room = 1e-5 * Math.max(Math.abs(low ?? 0), Math.abs(high ?? 0));
      assert.ok(effect === null || (effect >= (low ?? -Infinity) - room && effect <= (high ?? Infinity) + room), id);
    }
  });
});
