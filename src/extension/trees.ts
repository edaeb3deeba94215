import * as vscode from 'vscode';
import type { Host } from './host.ts';

/** The views *Runs* and *Library*; their code is loaded when one is first shown. */
export function registerTrees(host: Host): vscode.Disposable {
  const own = (tree: { dispose(): unknown }): unknown => host.context.subscriptions.push(tree);
  const runs = lazyTree(async () => new (await import('./runs/runs-tree.ts')).RunsTree(host), own);
  const library = lazyTree(async () => new (await import('./library/library-tree.ts')).LibraryTree(host), own);
  return vscode.Disposable.from(
    vscode.window.createTreeView('marginalia.runs', { treeDataProvider: runs, showCollapseAll: true }),
    vscode.window.createTreeView('marginalia.library', { treeDataProvider: library, showCollapseAll: true }),
  );
}

/** A tree's data whose own code is loaded when its first rows are asked for. */
function lazyTree<T>(
  load: () => Promise<vscode.TreeDataProvider<T> & { dispose(): unknown }>,
  own: (tree: { dispose(): unknown }) => unknown,
): vscode.TreeDataProvider<T> {
  const changed = new vscode.EventEmitter<T | T[] | undefined>();
  let loading: Promise<vscode.TreeDataProvider<T>> | undefined;
  const tree = (): Promise<vscode.TreeDataProvider<T>> => {
    loading ??= load().then((loaded) => {
      own(loaded);
      loaded.onDidChangeTreeData?.((change) => changed.fire(change ?? undefined));
      return loaded;
    });
    return loading;
  };
  return {
    onDidChangeTreeData: changed.event,
    getChildren: async (item) => (await tree()).getChildren(item),
    getTreeItem: async (item) => (await tree()).getTreeItem(item),
  };
}
