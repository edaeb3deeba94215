import * as vscode from 'vscode';
import { registerCommand } from '../commands.ts';
import type { Host } from '../host.ts';

/**
 * *Scaffold Experiment…*: alone it asks for method and place; a link, a lens or the tree names the method; a key binding or
 * another extension may name both (`{ method, target }`).
 */
export function registerScaffold(host: Host): vscode.Disposable {
  return registerCommand(host.log, 'marginalia.scaffold', async (argument) => {
    const { scaffold } = await import('./scaffold-command.ts');
    const { method, target } = wanted(argument);
    return scaffold(host, method, target);
  });
}

function wanted(argument: unknown): { readonly method?: string | undefined; readonly target?: vscode.Uri | undefined } {
  if (typeof argument === 'string') return { method: argument };
  if (typeof argument !== 'object' || argument === null) return {};
  const method = 'method' in argument && typeof argument.method === 'string' ? argument.method : undefined;
  const target = 'target' in argument && argument.target instanceof vscode.Uri ? argument.target : undefined;
  return { method, target };
}
