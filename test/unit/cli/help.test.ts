import assert from 'node:assert/strict';
import { marginalia } from './marginalia.ts';

const commands = [
  'index',
  'references',
  'search',
  'methods',
  'scaffold',
  'run',
  'verify',
  'runs',
  'stop',
  'pause',
  'continue',
];

describe('the program marginalia', () => {
  it('lists its commands and its exit codes', async () => {
    const { code, stdout, stderr } = await marginalia(['--help']);
    assert.equal(code, 0);
    assert.equal(stderr, '');
    for (const command of commands) assert.match(stdout, new RegExp(`^  ${command}\\b`, 'm'));
    assert.match(stdout, /Exit codes:/);
  });

  for (const command of commands) {
    it(`explains ${command} and its output for machines`, async () => {
      const { code, stdout } = await marginalia([command, '--help']);
      assert.equal(code, 0);
      assert.match(stdout, new RegExp(`^Usage: marginalia ${command}`));
      assert.match(stdout, /--json +print/);
    });
  }

  it('tells wrong use from failure', async () => {
    const unknown = await marginalia(['paint']);
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /^marginalia: unknown command 'paint'/);
    assert.equal(unknown.stdout, '');

    const missing = await marginalia(['index']);
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /^marginalia: missing required argument 'files'/);

    const limit = await marginalia(['search', 'rex', '--limit', 'few']);
    assert.equal(limit.code, 2);
    assert.match(limit.stderr, /--limit.*whole number/);
  });

  it('shows help where it is started without a command', async () => {
    const { code, stderr } = await marginalia([]);
    assert.equal(code, 2);
    assert.match(stderr, /^Usage: marginalia/);
  });
});
