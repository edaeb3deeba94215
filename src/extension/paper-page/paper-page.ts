import * as v from 'valibot';
import * as vscode from 'vscode';
import { bibtex, paperUrl } from '../../corpus/citation.ts';
import type { Paper } from '../../corpus/paper.ts';
import { fromPaperPage, type FromPaperPage, type PaperPageState, type ToPaperPage } from '../../webviews/messages.ts';
import type { Host } from '../host.ts';
import { equationsOf } from '../papers/equations.ts';
import { plainLabel } from '../plain-label.ts';
import { panelColumn, panelIcon, panelOptions, webviewPage } from '../webview-page.ts';
import { insertSnippet } from './insert-snippet.ts';
import { relatedPapers } from './related-papers.ts';

const persisted = v.object({ key: v.string() }) satisfies v.GenericSchema<unknown, PaperPageState>;

/** The pages that are open, by citation key. */
const pages = new Map<string, vscode.WebviewPanel>();

/** Shows a paper's page beside the code, or brings the one that is open to the front. */
export async function openPaperPage(host: Host, key: string): Promise<void> {
  const open = pages.get(key);
  if (open !== undefined) {
    open.reveal();
    return;
  }
  const { corpus } = await host.library.settled();
  const paper = corpus.paper(key);
  if (paper === undefined) throw new Error(`There is no paper with the key "${key}". Search for it by its title.`);
  const panel = vscode.window.createWebviewPanel(
    'marginalia.paper',
    '',
    panelColumn(),
    panelOptions(host.distribution),
  );
  show(host, panel, paper);
}

/** Fills a panel that the editor brings back; closes it where its paper is gone. */
export async function restorePaperPage(host: Host, panel: vscode.WebviewPanel, state: unknown): Promise<void> {
  const parsed = v.safeParse(persisted, state);
  const { corpus } = await host.library.settled();
  const paper = parsed.success ? corpus.paper(parsed.output.key) : undefined;
  if (paper === undefined || pages.has(paper.key)) {
    panel.dispose();
    return;
  }
  panel.webview.options = panelOptions(host.distribution);
  show(host, panel, paper);
}

function show(host: Host, panel: vscode.WebviewPanel, paper: Paper): void {
  const { key } = paper;
  pages.set(key, panel);
  panel.title = plainLabel(paper.title);
  panel.iconPath = panelIcon(host.context.extensionUri);
  let ready = false;
  const send = async (): Promise<void> => {
    if (!ready) return;
    const content = await pageContent(host, key);
    if (content !== undefined) await panel.webview.postMessage(content);
  };
  const listeners = [
    panel.webview.onDidReceiveMessage((message: unknown) => {
      const parsed = v.safeParse(fromPaperPage, message);
      if (!parsed.success) host.log.warn(`Paper page of ${key}: a message that is not understood was left out.`);
      else if (parsed.output.type === 'ready') ready = true;
      if (parsed.success) void answer(host, key, parsed.output, send);
    }),
    host.library.onDidChange(() => void send()),
    host.onDidChangeRuns((change) => change === 'list' && void send()),
  ];
  panel.onDidChangeViewState(() => (ready &&= panel.visible));
  panel.onDidDispose(() => {
    pages.delete(key);
    for (const listener of listeners) listener.dispose();
  });
  panel.webview.html = webviewPage(panel.webview, host.distribution, 'paper-page');
}

async function pageContent(host: Host, key: string): Promise<ToPaperPage | undefined> {
  const { corpus } = await host.library.settled();
  const paper = corpus.paper(key);
  if (paper === undefined) return undefined;
  const method = corpus.methodOf(paper);
  const runs = (await host.runs()).ofPaper(key);
  return {
    type: 'paper',
    paper,
    ...(method === undefined ? {} : { method, related: relatedPapers(corpus, method) }),
    equations: method === undefined ? [] : await equationsOf(host.distribution, method.id),
    bibtex: bibtex(paper),
    runs,
  };
}

async function answer(host: Host, key: string, message: FromPaperPage, send: () => Promise<void>): Promise<void> {
  const { corpus } = await host.library.settled();
  const paper = corpus.paper(key);
  if (paper === undefined) return;
  switch (message.type) {
    case 'ready':
      return send();
    case 'scaffold':
      await vscode.commands.executeCommand('marginalia.scaffold', paper.method);
      return;
    case 'cite':
      await vscode.commands.executeCommand('marginalia.citePaper', key);
      return;
    case 'open-paper':
      await vscode.commands.executeCommand('marginalia.openPaper', message.key);
      return;
    case 'open-run':
      await vscode.commands.executeCommand('marginalia.openDashboard', message.id);
      return;
    case 'open-link':
      await openLink(paper);
      return;
    case 'open-location':
      await openLocation(paper, message.index ?? 0);
      return;
    case 'insert-snippet':
      await insertSnippet(host, corpus.methodOf(paper));
      return;
    case 'error':
      host.log.error(`Paper page of ${key}: ${message.message}`);
  }
}

async function openLink(paper: Paper): Promise<void> {
  const url = paperUrl(paper);
  if (url !== undefined) await vscode.env.openExternal(vscode.Uri.parse(url, true));
}

async function openLocation(paper: Paper, index: number): Promise<void> {
  const location = paper.locations[index];
  if (location === undefined) return;
  const start = new vscode.Position(location.line - 1, 0);
  await vscode.window.showTextDocument(vscode.Uri.file(location.file), { selection: new vscode.Range(start, start) });
}
