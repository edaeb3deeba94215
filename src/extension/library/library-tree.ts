import * as vscode from 'vscode';
import type { Method, MethodVerdict } from '../../corpus/method.ts';
import type { Paper } from '../../corpus/paper.ts';
import { effectInWords } from '../../corpus/effect-in-words.ts';
import type { Host } from '../host.ts';
import { plainLabel } from '../plain-label.ts';
import { verdictLook } from '../runs/run-outcome.ts';
import { familyName } from '../../corpus/family-name.ts';

/** A heading with papers below it. */
export interface LibraryGroup {
  readonly label: string;
  readonly papers: readonly LibraryPaper[];
  readonly open: boolean;
}

export interface LibraryPaper {
  /** Citation key. */
  readonly paper: string;
  /** Id of the built-in method of this paper. */
  readonly method?: string;
  readonly title: string;
  readonly description: string;
  /** What the method's experiment found. */
  readonly verdict?: MethodVerdict;
}

export type LibraryItem = LibraryGroup | LibraryPaper;

/** The tree *Library*: the methods by family, then the other papers by year. */
export class LibraryTree implements vscode.TreeDataProvider<LibraryItem>, vscode.Disposable {
  readonly #host: Host;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #listening: vscode.Disposable;
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(host: Host) {
    this.#host = host;
    this.#listening = host.library.onDidChange(() => this.#changed.fire());
  }

  dispose(): void {
    this.#listening.dispose();
    this.#changed.dispose();
  }

  async getChildren(item?: LibraryItem): Promise<LibraryItem[]> {
    if (item !== undefined) return 'papers' in item ? [...item.papers] : [];
    const { corpus } = await this.#host.library.settled();
    const methods = corpus.papers.flatMap((paper) => {
      const method = corpus.methodOf(paper);
      return method === undefined ? [] : [{ heading: familyName(method.family), item: methodItem(paper, method) }];
    });
    const others = corpus.papers
      .filter((paper) => corpus.methodOf(paper) === undefined)
      .map((paper) => ({ heading: paper.date?.slice(0, 4) ?? 'Without a date', item: paperItem(paper) }));
    return [
      ...groups(methods, true).sort((one, other) => one.label.localeCompare(other.label)),
      ...groups(others, false).sort((one, other) => other.label.localeCompare(one.label)),
    ];
  }

  getTreeItem(item: LibraryItem): vscode.TreeItem {
    return 'papers' in item ? groupTreeItem(item) : paperTreeItem(item);
  }
}

function groupTreeItem({ label, papers, open }: LibraryGroup): vscode.TreeItem {
  const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const result = new vscode.TreeItem(label, open ? Expanded : Collapsed);
  result.description = String(papers.length);
  return result;
}

function paperTreeItem({ paper, method, title, description, verdict }: LibraryPaper): vscode.TreeItem {
  const result = new vscode.TreeItem(plainLabel(title));
  result.id = paper;
  result.description = description;
  result.tooltip = title;
  result.contextValue = method === undefined ? 'paper' : 'paper.method';
  result.iconPath = new vscode.ThemeIcon(method === undefined ? 'note' : 'beaker');
  if (verdict !== undefined) {
    const { text, icon, color } = verdictLook(verdict.verdict);
    result.iconPath = new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
    result.tooltip = `${title}\n${description}\n\nVerified: ${text}. ${effectInWords(verdict)}`;
    result.accessibilityInformation = { label: `${title}, ${description}, ${text}` };
  }
  result.command = { command: 'marginalia.openPaper', title: 'Open Paper Page', arguments: [paper] };
  return result;
}

function methodItem(paper: Paper, method: Method): LibraryPaper {
  const { id, names, verdict } = method;
  return { paper: paper.key, method: id, title: names[0] ?? id, description: paper.title, ...(verdict && { verdict }) };
}

function paperItem(paper: Paper): LibraryPaper {
  return { paper: paper.key, title: paper.title, description: paper.authors[0] ?? '' };
}

function groups(
  entries: readonly { readonly heading: string; readonly item: LibraryPaper }[],
  open: boolean,
): LibraryGroup[] {
  const headings = [...new Set(entries.map(({ heading }) => heading))];
  return headings.map((label) => {
    const papers = entries.filter(({ heading }) => heading === label).map(({ item }) => item);
    return { label, papers: papers.sort((one, other) => one.title.localeCompare(other.title)), open };
  });
}
