import * as vscode from 'vscode';
import { authorsYear } from '../../corpus/citation.ts';
import type { Paper } from '../../corpus/paper.ts';
import { createSearch } from '../../corpus/search.ts';
import type { Host } from '../host.ts';
import { plainLabel } from '../plain-label.ts';

interface PaperItem extends vscode.QuickPickItem {
  readonly key: string;
}

/** Papers that a search shows at once. */
const hitsShown = 50;

/** Lets a person choose among a few papers. */
export async function pickAmong(papers: readonly Paper[], placeHolder: string): Promise<string | undefined> {
  if (papers.length <= 1) return papers[0]?.key;
  return (await vscode.window.showQuickPick(papers.map(paperItem), { placeHolder, matchOnDetail: true }))?.key;
}

/** Lets a person search the whole corpus and choose a paper; answers its citation key. */
export async function searchPaper(host: Host, title: string): Promise<string | undefined> {
  const { corpus } = await host.library.settled();
  const search = createSearch(corpus);
  const picker = vscode.window.createQuickPick<PaperItem>();
  picker.title = title;
  picker.placeholder = `Words of a title, an author, a method, a key (${corpus.papers.length} papers)`;
  picker.matchOnDescription = true;
  picker.matchOnDetail = true;
  const all = corpus.papers.map(paperItem);
  picker.items = all;
  // The search is by words and forgives typing errors, so its hits must not be filtered by letters again.
  const showHits = (query: string): void => {
    const hits = search.search(query, hitsShown).map(({ paper }) => ({ ...paperItem(paper), alwaysShow: true }));
    picker.items = query.trim() === '' ? all : hits;
  };
  return new Promise((resolve) => {
    picker.onDidChangeValue(showHits);
    picker.onDidAccept(() => {
      resolve(picker.selectedItems[0]?.key);
      picker.hide();
    });
    picker.onDidHide(() => {
      picker.dispose();
      resolve(undefined);
    });
    picker.show();
  });
}

function paperItem(paper: Paper): PaperItem {
  return {
    key: paper.key,
    label: plainLabel(paper.title),
    description: paper.key,
    detail: plainLabel(authorsYear(paper)),
  };
}
