import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAll, host, open } from './support/window.ts';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
    readonly keybindings?: readonly unknown[];
  };
}

describe('the extension', () => {
  after(closeAll);

  it('is active once a file is open, whatever its language', async () => {
    await open('notes.md');
    const extension = vscode.extensions.getExtension('marginalia.marginalia');
    await host();
    assert.equal(extension?.isActive, true);
  });

  it('contributes few commands and settings, every one of its own, and takes no key', () => {
    const { contributes } = vscode.extensions.getExtension('marginalia.marginalia')!.packageJSON as Manifest;
    assert.ok(contributes.commands.length <= 35);
    for (const { command, category } of contributes.commands) {
      assert.ok(command.startsWith('marginalia.'));
      assert.equal(category, 'Marginalia');
    }
    const settings = Object.keys(contributes.configuration.properties);
    assert.ok(settings.length <= 40);
    for (const setting of settings) assert.ok(setting.startsWith('marginalia.'));
    assert.equal(contributes.keybindings, undefined);
  });

  it('can do every command that it names', async () => {
    await host();
    const { contributes } = vscode.extensions.getExtension('marginalia.marginalia')!.packageJSON as Manifest;
    const known = new Set(await vscode.commands.getCommands(true));
    for (const { command } of contributes.commands) assert.ok(known.has(command), command);
  });

  it('knows the built-in methods without any source', async () => {
    const { corpus } = await (await host()).library.current();
    for (const id of ['rex', 'learning-to-relax', 'cpl', 'rto', 'alp-gmm', 'q-star-search']) {
      assert.ok(corpus.methods.has(id), id);
      assert.equal(corpus.paper(id)?.method, id);
    }
  });
});
