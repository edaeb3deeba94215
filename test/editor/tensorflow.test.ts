import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Runs } from '../../src/extension/runs/runs.ts';
import { readRun } from '../../src/runtime/runs/folder.ts';
import * as experiments from './support/experiments.ts';
import { closeAll, eventually, host, write } from './support/window.ts';

describe('native TensorFlow in the editor', () => {
  let runs: Runs;
  const configuration = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('marginalia');

  before(async () => {
    runs = await (await host()).runs();
  });

  after(async () => {
    await configuration().update('run.backend', undefined, vscode.ConfigurationTarget.Workspace);
    await vscode.commands.executeCommand('notifications.clearAll');
    await closeAll();
  });

  it("is found by the editor's command where a terminal has set it up", async () => {
    const folder = await vscode.commands.executeCommand<string>('marginalia.setUpTensorFlow', 'cpu');
    assert.ok(existsSync(join(folder, 'ready.json')), folder);
  });

  it("differentiates on the editor's own Node", async () => {
    await configuration().update('run.backend', 'tensorflow', vscode.ConfigurationTarget.Workspace);
    const file = await write('runs/differentiating.ts', experiments.differentiating);
    const id = await vscode.commands.executeCommand<string>('marginalia.run', file);
    await eventually(() => assert.equal(runs.get(id)?.status, 'completed', runs.get(id)?.problem), 50_000);
    const { record, verdict } = await readRun(runs.get(id)!.folder);
    assert.equal(record.backend.name, 'tensorflow');
    assert.match(record.backend.version, /^4\.22\.0 on libtensorflow \d+\.\d+\.\d+$/);
    assert.equal(record.versions.node, process.versions.node);
    assert.equal(verdict?.verdict, 'holds');
  });
});
