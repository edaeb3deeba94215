import * as vscode from 'vscode';
import type { Host } from '../host.ts';

/** Brings paper pages back after the window was reloaded. */
export function registerPaperPages(host: Host): vscode.Disposable {
  return vscode.window.registerWebviewPanelSerializer('marginalia.paper', {
    async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown) {
      const { restorePaperPage } = await import('./paper-page.ts');
      await restorePaperPage(host, panel, state);
    },
  });
}
