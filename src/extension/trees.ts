import * as vscode from 'vscode';
import type { Host } from './host.ts';

/** The views *Runs* and *Library*; their code is loaded when one is first shown. */
export function registerTrees(host: Host): vscode.Disposable {
  const runs = lazyTree(async () => new (await import('./runs/runs-tree.ts')).RunsTree(host));
  const library = lazyTree(async () => new (await import('./library/library-tree.ts')).LibraryTree(host));
  return vscode.Disposable.from(
    vscode.window.createTreeView('marginalia.runs', { treeDataProvider: runs.provider, showCollapseAll: true }),
    vscode.window.createTreeView('marginalia.library', { treeDataProvider: library.provider, showCollapseAll: true }),
    host.onDidChangeRuns(runs.refresh),
    host.library.onDidChange(library.refresh),
  );
}

/** A tree's data whose own code is loaded when its first rows are asked for. */
function lazyTree<T>(load: () => Promise<vscode.TreeDataProvider<T>>): {
  readonly provider: vscode.TreeDataProvider<T>;
  readonly refresh: () => void;
} {
  const changed = new vscode.EventEmitter<void>();
  let loading: Promise<vscode.TreeDataProvider<T>> | undefined;
  return {
    refresh: () => changed.fire(),
    provider: {
      onDidChangeTreeData: changed.event,
      getChildren: async (item) => (await (loading ??= load())).getChildren(item),
      getTreeItem: async (item) => (await (loading ??= load())).getTreeItem(item),
    },
  };
}
