import * as vscode from 'vscode';
import type { Host } from '../host.ts';

/** Brings dashboards back after the window was reloaded. */
export function registerDashboards(host: Host): vscode.Disposable {
  return vscode.window.registerWebviewPanelSerializer('marginalia.dashboard', {
    async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown) {
      const { restoreDashboard } = await import('./dashboard.ts');
      await restoreDashboard(host, panel, state);
    },
  });
}
