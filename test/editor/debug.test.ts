import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Runs } from '../../src/extension/runs/runs.ts';
import * as experiments from './support/experiments.ts';
import { closeAll, eventually, host, positionOf, write } from './support/window.ts';

interface StackFrame {
  readonly line: number;
  readonly source?: { readonly path?: string };
}

interface Stop {
  readonly session: vscode.DebugSession;
  readonly thread: number;
}

/** Collects where debug sessions stop at breakpoints. */
function collectStops(stops: Stop[]): vscode.Disposable {
  return vscode.debug.registerDebugAdapterTrackerFactory('*', {
    createDebugAdapterTracker: (session) => ({
      onDidSendMessage(message: { event?: string; body?: { reason?: string; threadId?: number } }) {
        if (message.event !== 'stopped' || message.body?.reason !== 'breakpoint') return;
        stops.push({ session, thread: message.body.threadId ?? 0 });
      },
    }),
  });
}

describe('debugging an experiment', () => {
  let runs: Runs;

  before(async () => {
    runs = await (await host()).runs();
  });

  afterEach(async () => {
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await vscode.debug.stopDebugging();
    await Promise.all(runs.active().map(({ id }) => runs.stop(id)));
    await closeAll();
  });

  it('holds at a breakpoint in the TypeScript, and goes on to the end', async () => {
    const file = await write('runs/debugged.ts', experiments.quick);
    const { document } = await vscode.window.showTextDocument(file);
    const { line } = positionOf(document, 'log(step');
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(new vscode.Location(file, new vscode.Position(line, 0)))]);
    const stops: Stop[] = [];
    const collecting = collectStops(stops);
    try {
      assert.equal(await vscode.commands.executeCommand('marginalia.debug', file), true);
      const { session, thread } = await eventually(() => {
        assert.ok(stops[0], 'nothing stopped at the breakpoint');
        return stops[0];
      }, 60_000);
      const { stackFrames } = (await session.customRequest('stackTrace', { threadId: thread })) as {
        readonly stackFrames: readonly StackFrame[];
      };
      assert.equal(stackFrames[0]?.line, line + 1);
      // On a remote the path is an address; it ends in the same words.
      assert.ok(stackFrames[0].source?.path?.endsWith(file.path), stackFrames[0].source?.path);
      vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
      // The debugger may hear of the removal only after the trial has come by once more.
      let continued = 0;
      await eventually(async () => {
        for (; continued < stops.length; continued++) {
          const { session: stopped, thread: threadId } = stops[continued]!;
          await stopped.customRequest('continue', { threadId });
        }
        assert.equal(runs.ofFile(file.fsPath)[0]?.status, 'completed');
      }, 60_000);
    } finally {
      collecting.dispose();
    }
  }).timeout(180_000);
});
