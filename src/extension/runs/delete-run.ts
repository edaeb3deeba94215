import * as vscode from 'vscode';
import { deleteRun, type RunSummary } from '../../runtime/runs/folder.ts';

/** Moves a run's folder to the trash once the person agrees; where there is no trash, asks again before deleting it for good. */
export async function deleteRunFolder(run: RunSummary): Promise<void> {
  const question = `Delete the run ${run.name} of ${new Date(run.created).toLocaleString()}?`;
  if (!(await agreed(question, 'Its folder goes to the trash.', 'Move to Trash'))) return;
  try {
    await vscode.workspace.fs.delete(vscode.Uri.file(run.folder), { recursive: true, useTrash: true });
  } catch {
    const detail = 'There is no trash here: its numbers, its console and its copy of the code would be gone for good.';
    if (await agreed(question, detail, 'Delete for Good')) await deleteRun(run.folder);
  }
}

async function agreed(question: string, detail: string, answer: string): Promise<boolean> {
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, answer)) === answer;
}
