import * as vscode from 'vscode';

/**
 * Registers a command whose failure is shown to the person who called it and written to the log.
 * Arguments come from anywhere (links, other extensions, key bindings), so handlers take them as `unknown`.
 */
export function registerCommand(
  log: vscode.LogOutputChannel,
  command: string,
  handler: (...args: readonly unknown[]) => unknown,
): vscode.Disposable {
  return vscode.commands.registerCommand(command, async (...args: readonly unknown[]) => {
    try {
      return await handler(...args);
    } catch (error) {
      log.error(`${command}:`, error instanceof Error ? error : String(error));
      const message = error instanceof Error ? error.message : String(error);
      void vscode.window.showErrorMessage(`Marginalia: ${message}`, 'Show Log').then((choice) => {
        if (choice !== undefined) log.show();
      });
      return undefined;
    }
  });
}
