import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import * as vscode from 'vscode';

/** Milliseconds from the call of `activate` to its end. */
export interface Activation {
  readonly time: number;
  /** Of the whole extension host, in user and system code. */
  readonly cpu: number;
}

// Run by the bench only, inside the extension host, which alone can tell what an activation costs it.
describe('activation', () => {
  it('is measured', async () => {
    const extension = vscode.extensions.getExtension('marginalia.marginalia');
    if (!extension || extension.isActive) throw new Error('The extension is missing, or active before it is measured.');
    await wait(5000); // The editor's own extensions have started by then.
    const cpuBefore = process.cpuUsage();
    const before = performance.now();
    await extension.activate();
    const time = performance.now() - before;
    const { user, system } = process.cpuUsage(cpuBefore);
    const activation: Activation = { time, cpu: (user + system) / 1000 };
    const plan = process.env.MARGINALIA_TEST_PLAN;
    if (plan === undefined) throw new Error('This is started by npm run bench.');
    writeFileSync(join(dirname(plan), 'activation.json'), JSON.stringify(activation));
  });
});
