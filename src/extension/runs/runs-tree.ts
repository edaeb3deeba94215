import * as vscode from 'vscode';
import type { RunSummary } from '../../runtime/runs/folder.ts';
import type { Host } from '../host.ts';
import { relativeTime } from '../relative-time.ts';
import { outcomeLook } from './run-outcome.ts';
import { isActive, isResumable } from './runs.ts';

/** A heading with runs below it. */
export interface RunGroup {
  readonly label: string;
  readonly runs: readonly RunItem[];
}

export interface RunItem {
  /** Id of the run. */
  readonly run: string;
}

export type RunTreeItem = RunGroup | RunItem;

/** The tree *Runs*: those that go on, then the others by the day on which they started. */
export class RunsTree implements vscode.TreeDataProvider<RunTreeItem>, vscode.Disposable {
  readonly #host: Host;
  readonly #changed = new vscode.EventEmitter<RunTreeItem[] | undefined>();
  readonly #listening: vscode.Disposable;
  /** By run id. The editor knows an entry by its object, so there is one for each run. */
  readonly #items = new Map<string, RunItem>();
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(host: Host) {
    this.#host = host;
    this.#listening = host.onDidChangeRuns((change) => {
      const active = host.openedRuns?.active().map(({ id }) => this.#item(id));
      this.#changed.fire(change === 'list' ? undefined : active);
    });
  }

  async getChildren(item?: RunTreeItem): Promise<RunTreeItem[]> {
    if (item !== undefined) return 'runs' in item ? [...item.runs] : [];
    const running: RunItem[] = [];
    const days = new Map<string, RunItem[]>();
    for (const run of (await this.#host.runs()).list()) {
      const day = dayOf(new Date(run.created));
      if (isActive(run)) running.push(this.#item(run.id));
      else days.set(day, [...(days.get(day) ?? []), this.#item(run.id)]);
    }
    // Runs that go on stand first and without a heading to unfold.
    return [...running, ...[...days].map(([label, runs]) => ({ label, runs }))];
  }

  async getTreeItem(item: RunTreeItem): Promise<vscode.TreeItem> {
    if ('runs' in item) return groupTreeItem(item);
    const run = (await this.#host.runs()).get(item.run);
    return run === undefined ? new vscode.TreeItem(item.run) : runTreeItem(run);
  }

  dispose(): void {
    this.#listening.dispose();
    this.#changed.dispose();
  }

  #item(id: string): RunItem {
    const known = this.#items.get(id) ?? { run: id };
    this.#items.set(id, known);
    return known;
  }
}

function groupTreeItem({ label, runs }: RunGroup): vscode.TreeItem {
  const result = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
  result.id = `day:${label}`;
  result.description = String(runs.length);
  return result;
}

function runTreeItem(run: RunSummary): vscode.TreeItem {
  const { text, icon, color } = outcomeLook(run);
  const active = isActive(run);
  const result = new vscode.TreeItem(run.name);
  result.id = run.id;
  const tags = run.labels.tags.map((tag) => `#${tag}`);
  const when = active ? `${Math.floor(run.share * 100)} %` : relativeTime(run.created);
  result.description = [text, when, ...tags].join(' · ');
  result.tooltip = tooltip(run, text);
  result.iconPath = new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
  result.contextValue = contextOf(run);
  result.accessibilityInformation = { label: `${run.name}, ${result.description}` };
  result.command = { command: 'marginalia.openDashboard', title: 'Open Run Dashboard', arguments: [run.id] };
  return result;
}

/** What the view's menu asks for. */
function contextOf({ status }: RunSummary): string {
  if (status === 'unreadable') return 'run.broken';
  if (isActive({ status })) return `run.${status}`;
  return isResumable(status) ? 'run.ended.resumable' : 'run.ended';
}

function tooltip({ record, problem, created, verdict, labels }: RunSummary, outcome: string): string {
  const effect = verdict?.conditions[0];
  return [
    record?.experiment.description.question,
    verdict?.statement,
    outcome,
    effect && `${effect.label}: ${number(effect.value)} [${effect.interval.map(number).join(', ')}]`,
    problem,
    labels.note,
    new Date(created).toLocaleString(),
  ]
    .filter((line) => line !== undefined && line !== '')
    .join('\n');
}

function number(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : String(value);
}

function dayOf(date: Date): string {
  const days = Math.round((startOfDay(new Date()) - startOfDay(date)) / 86_400_000);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  return Number.isNaN(days) ? 'Without a date' : date.toLocaleDateString(undefined, { dateStyle: 'long' });
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
