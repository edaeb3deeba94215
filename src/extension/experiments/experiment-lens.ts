import type { Command, Uri } from 'vscode';
import type { RunSummary } from '../../runtime/runs/folder.ts';
import { relativeTime } from '../relative-time.ts';
import { outcomeLook } from '../runs/run-outcome.ts';
import { isActive } from '../runs/runs.ts';

/**
 * The parts of the line above an experiment, from left to right.
 *
 * @param runs of this experiment, newest first.
 */
export function experimentLens(file: Uri, runs: readonly RunSummary[]): Command[] {
  const active = runs.find(isActive);
  if (active !== undefined) return activeLens(active);
  const [latest] = runs;
  return [
    { command: 'marginalia.run', title: '$(play) Run', tooltip: 'Run with what is declared', arguments: [file] },
    { command: 'marginalia.debug', title: '$(debug-alt) Debug', tooltip: 'Run under the debugger', arguments: [file] },
    {
      command: 'marginalia.configure',
      title: 'Configure…',
      tooltip: 'Choose parameters, arms, seeds and backend, then run',
      arguments: [file],
    },
    ...(latest === undefined ? [] : [latestRun(latest)]),
  ];
}

function activeLens({ id, status, share }: RunSummary): Command[] {
  const paused = status === 'paused';
  const state = { starting: 'Starting', stopping: 'Stopping', paused: 'Paused' }[status as string] ?? 'Running';
  return [
    {
      command: 'marginalia.openDashboard',
      title: `$(${paused ? 'debug-pause' : 'sync~spin'}) ${state} ${Math.floor(share * 100)} %`,
      tooltip: 'Open the dashboard',
      arguments: [id],
    },
    {
      command: 'marginalia.stopRun',
      title: '$(debug-stop) Stop',
      tooltip: status === 'stopping' ? 'Stop it harder' : 'Stop the run; what it measured so far is kept',
      arguments: [id],
    },
    paused
      ? { command: 'marginalia.resumeRun', title: 'Resume', arguments: [id] }
      : { command: 'marginalia.pauseRun', title: 'Pause', arguments: [id] },
  ];
}

function latestRun(run: RunSummary): Command {
  const { icon, text } = outcomeLook(run);
  return {
    command: 'marginalia.openDashboard',
    title: `$(${icon}) ${text.length > 60 ? `${text.slice(0, 60)}…` : text}, ${relativeTime(run.created)}`,
    tooltip: 'Open the dashboard of the latest run',
    arguments: [run.id],
  };
}
