import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import * as experiments from './support/experiments.ts';
import { closeAll, eventually, host, panels, write } from './support/window.ts';

describe('panels', () => {
  afterEach(closeAll);

  it('show a paper’s page once, however often it is asked for', async () => {
    await vscode.commands.executeCommand('marginalia.openPaper', 'rex');
    await vscode.commands.executeCommand('marginalia.openPaper', 'rex');
    await eventually(() => {
      const labels = panels('marginalia.paper').map(({ label }) => label);
      assert.deepEqual(labels, ['REX: Revisiting Budgeted Training with an Improved Schedule']);
    });
    await vscode.commands.executeCommand('marginalia.openPaper', 'cpl');
    await eventually(() => assert.equal(panels('marginalia.paper').length, 2));
  });

  it('show the dashboard of a run once', async () => {
    const runs = await (await host()).runs();
    const file = await write('runs/panel.ts', experiments.quick);
    const id = await vscode.commands.executeCommand<string>('marginalia.run', file);
    await vscode.commands.executeCommand('marginalia.openDashboard', id);
    await eventually(() => assert.equal(panels('marginalia.dashboard').length, 1));
    await eventually(() => assert.equal(runs.get(id)?.status, 'completed'), 40_000);
  });
});
