import { extname, join } from 'node:path';
import * as vscode from 'vscode';
import { type ExportFormat, exportFormats, exportRun as writeExport } from '../../runtime/exports/export-run.ts';
import type { Host } from '../host.ts';
import { runFor } from './pick-run.ts';
import type { Runs } from './runs.ts';

const formats: readonly { readonly format: ExportFormat; readonly label: string; readonly detail: string }[] = [
  {
    format: 'html',
    label: 'Report (HTML)',
    detail: 'A page that needs nothing else: verdict, charts, numbers, environment',
  },
  { format: 'csv', label: 'Points (CSV)', detail: 'Every point: trial, arm, seed, metric, step, value' },
  { format: 'json', label: 'Everything (JSON)', detail: 'All that the run kept' },
  { format: 'tensorboard', label: 'TensorBoard', detail: 'A folder of event files, for tensorboard --logdir' },
];

/**
 * Writes a run to a file, or for TensorBoard to a folder, that the person chooses.
 *
 * @param target path to write to, where a caller has one: its ending says the format.
 */
export async function exportRun(host: Host, runs: Runs, argument: unknown, target: unknown): Promise<void> {
  const id = await runFor(runs, argument, 'Export Run', (run) => run.record !== undefined);
  const run = id === undefined ? undefined : runs.get(id);
  if (run === undefined) return;
  const chosen = typeof target === 'string' ? given(target) : await choose(run.id);
  if (chosen === undefined) return;
  const { format, path, overwrite } = chosen;
  const { files, problems } = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Exporting ${run.name}`, cancellable: true },
    (_progress, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort(new Error('The export was cancelled; nothing was written.')));
      return writeExport(run.folder, format, path, { overwrite, signal: abort.signal });
    },
  );
  for (const problem of problems) host.log.warn(problem);
  const left =
    problems.length === 0
      ? ''
      : ` Not all of it could be read: ${problems[0]}${problems.length > 1 ? ` And ${problems.length - 1} more, which the log names.` : ''}`;
  const show = 'Show';
  void vscode.window.showInformationMessage(`Marginalia: ${run.name} is in ${path}.${left}`, show).then((choice) => {
    if (choice === show) void vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(files[0] ?? path));
  });
}

interface Chosen {
  readonly format: ExportFormat;
  readonly path: string;
  /** Whether the person has agreed that what is there is replaced. */
  readonly overwrite: boolean;
}

function given(path: string): Chosen {
  const ending = extname(path).slice(1);
  return { format: exportFormats.find((format) => format === ending) ?? 'tensorboard', path, overwrite: false };
}

async function choose(id: string): Promise<Chosen | undefined> {
  const format = (await vscode.window.showQuickPick(formats, { title: 'Export Run', placeHolder: 'As what' }))?.format;
  if (format === undefined) return undefined;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (format === 'tensorboard') {
    const [parent] = (await vscode.window.showOpenDialog({
      title: `Folder to put ${id}-tensorboard into`,
      openLabel: 'Export Here',
      canSelectFiles: false,
      canSelectFolders: true,
      ...(folder === undefined ? {} : { defaultUri: folder }),
    })) ?? [undefined];
    return parent === undefined
      ? undefined
      : { format, path: join(parent.fsPath, `${id}-tensorboard`), overwrite: false };
  }
  const target = await vscode.window.showSaveDialog({
    title: 'Export Run',
    filters: { [format.toUpperCase()]: [format] },
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, `${id}.${format}`) }),
  });
  // The dialog has asked before it names a file that is there.
  return target === undefined ? undefined : { format, path: target.fsPath, overwrite: true };
}
