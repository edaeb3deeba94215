import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import * as vscode from 'vscode';

/** What a panel of ours may do: run our bundles, read nothing but them, call no command. */
export function panelOptions(distribution: string): vscode.WebviewOptions {
  return {
    enableScripts: true,
    enableCommandUris: false,
    enableForms: false,
    localResourceRoots: [bundles(distribution)],
  };
}

/**
 * The page around one of our webview bundles. Its policy lets in the bundle by its nonce, the bundle's style sheet and
 * pictures that the page draws itself; nothing inline and nothing from a network.
 */
export function webviewPage(webview: vscode.Webview, distribution: string, bundle: 'dashboard' | 'paper-page'): string {
  const address = (ending: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(bundles(distribution), `${bundle}.${ending}`)).toString();
  const nonce = randomBytes(18).toString('base64url');
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${address('css')}">
<title>Marginalia</title>
</head>
<body>
<script nonce="${nonce}" src="${address('js')}"></script>
</body>
</html>`;
}

/** Where a new panel of ours opens: with those that are open, else beside the code. */
export function panelColumn(): vscode.ViewColumn {
  const ours = vscode.window.tabGroups.all.find((group) => group.tabs.some(isOurs));
  if (ours !== undefined) return ours.viewColumn;
  return vscode.window.activeTextEditor === undefined ? vscode.ViewColumn.Active : vscode.ViewColumn.Beside;
}

function isOurs({ input }: vscode.Tab): boolean {
  // The editor puts a prefix of its own before the type that we gave.
  return input instanceof vscode.TabInputWebview && /\bmarginalia\.(?:dashboard|paper)$/.test(input.viewType);
}

/** The mark that stands on our panels' tabs. */
export function panelIcon(extension: vscode.Uri): { readonly light: vscode.Uri; readonly dark: vscode.Uri } {
  const file = (theme: string): vscode.Uri => vscode.Uri.joinPath(extension, 'media', `marginalia-${theme}.svg`);
  return { light: file('light'), dark: file('dark') };
}

function bundles(distribution: string): vscode.Uri {
  return vscode.Uri.file(join(distribution, 'webviews'));
}
