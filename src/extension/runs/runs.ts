import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { requestRun, stopRun, type StopLadder } from '../../runtime/runs/control.ts';
import { listRuns, type RunSummary } from '../../runtime/runs/folder.ts';
import { startRun, type StartedRun, type StartOptions } from '../../runtime/runs/start.ts';
import { isOver, runTiming, type RunState, type RunTiming } from '../../runtime/runs/state.ts';
import type { PaperRun } from '../../webviews/messages.ts';
import { runsFolders, watchFolder } from './run-folders.ts';
import { WatchedRuns, type RunWatcher, type Watching } from './watched-run.ts';

/** Changes of the runs' folders that come closer together than this are looked at as one, in milliseconds. */
const settleTime = 150;

/** How often at most the progress of runs is told, in milliseconds. */
const progressInterval = 250;

/** A folder without a record is a run that is just being made when it is younger than this, in milliseconds. */
const makingTime = 5000;

/**
 * The runs of this window's folders, whoever started them. Those that go on are followed, so that their progress is known;
 * the others are known by their summary.
 */
export class Runs implements vscode.Disposable {
  readonly #log: vscode.LogOutputChannel;
  readonly #storage: vscode.Uri;
  readonly #summaries = new Map<string, RunSummary>();
  readonly #watched = new WatchedRuns();
  /** Of the runs that go on. */
  readonly #live = new Map<string, Watching>();
  readonly #ladders = new Map<string, StopLadder>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #ended = new vscode.EventEmitter<RunSummary>();
  readonly #began = new vscode.EventEmitter<RunSummary>();
  readonly #disposables: { dispose(): unknown }[] = [this.#watched, this.#changed, this.#ended, this.#began];
  #listed = false;
  #folderWatchers: vscode.Disposable[] = [];
  #refreshTimer: NodeJS.Timeout | undefined;
  #progressTimer: NodeJS.Timeout | undefined;
  #refreshing: Promise<void> = Promise.resolve();

  /** Runs came or went, or one of them got on; at most a few times a second. */
  readonly onDidChange = this.#changed.event;
  /** A run began that was not known before. */
  readonly onDidBegin = this.#began.event;
  /** A run came to its end while this window followed it. */
  readonly onDidEnd = this.#ended.event;

  constructor(log: vscode.LogOutputChannel, storage: vscode.Uri) {
    this.#log = log;
    this.#storage = storage;
    this.#disposables.push(vscode.workspace.onDidChangeWorkspaceFolders(() => this.#watchFolders()));
    this.#watchFolders();
  }

  /** All runs, newest first. */
  list(): RunSummary[] {
    return [...this.#summaries.keys()]
      .map((id) => this.get(id)!)
      .sort((one, other) => other.created.localeCompare(one.created) || other.id.localeCompare(one.id));
  }

  get(id: string): RunSummary | undefined {
    const summary = this.#summaries.get(id);
    const live = this.#live.get(id);
    return summary === undefined || live === undefined ? summary : summaryOf(summary, live.run.state);
  }

  /** Runs that go on, newest first. */
  active(): RunSummary[] {
    return this.list().filter(isActive);
  }

  /** Runs of the experiment in this file, newest first. */
  ofFile(file: string): RunSummary[] {
    return this.list().filter((run) => run.record?.experiment.file === file);
  }

  /** Runs of this paper's method, newest first, as its page lists them. */
  ofPaper(key: string): PaperRun[] {
    return this.list().flatMap(({ id, name, created, status, record, verdict }) => {
      if (record?.experiment.description.paper !== key || status === 'unreadable') return [];
      return [{ id, name, created, status, ...(verdict === undefined ? {} : { verdict: verdict.verdict }) }];
    });
  }

  /** How far a run is that goes on. */
  timing(id: string): RunTiming | undefined {
    const live = this.#live.get(id);
    return live === undefined ? undefined : runTiming(live.run.state, Date.now());
  }

  /** Starts a run and takes it into the list. */
  async start(options: StartOptions): Promise<StartedRun> {
    const started = await startRun(options);
    this.#log.info(`Run ${started.id} started (process ${started.pid}).`);
    await this.refresh();
    return started;
  }

  /** Asks a run to stop; asked again, it goes one rung up the ladder at once. Answers when no process of it is left. */
  async stop(id: string): Promise<void> {
    const known = this.#ladders.get(id);
    if (known !== undefined) {
      known.escalate();
      return known.done;
    }
    const ladder = stopRun(this.#folderOf(id));
    this.#ladders.set(id, ladder);
    this.#tellSoon();
    try {
      await ladder.done;
    } finally {
      this.#ladders.delete(id);
      await this.refresh();
    }
  }

  async request(id: string, request: 'pause' | 'resume'): Promise<void> {
    await requestRun(this.#folderOf(id), request);
  }

  /** Follows a run for as long as the returned object lives. */
  watch(id: string, watcher: RunWatcher): Watching {
    return this.#watched.watch(this.#folderOf(id), watcher);
  }

  /** Looks at the runs' folders again; answers when the list is as they are. */
  refresh(): Promise<void> {
    this.#refreshing = this.#refreshing.then(() => this.#refresh());
    return this.#refreshing;
  }

  dispose(): void {
    clearTimeout(this.#refreshTimer);
    clearTimeout(this.#progressTimer);
    for (const disposable of [...this.#folderWatchers, ...this.#disposables]) disposable.dispose();
  }

  #folderOf(id: string): string {
    const summary = this.#summaries.get(id);
    if (summary === undefined)
      throw new Error(`There is no run ${id} in this window's folders; it may have been deleted.`);
    return summary.folder;
  }

  #watchFolders(): void {
    for (const watcher of this.#folderWatchers) watcher.dispose();
    this.#folderWatchers = runsFolders(this.#storage).map((folder) =>
      watchFolder(folder, () => this.#refreshSoon(settleTime)),
    );
    void this.refresh();
  }

  #refreshSoon(after: number): void {
    clearTimeout(this.#refreshTimer);
    this.#refreshTimer = setTimeout(() => void this.refresh(), after);
  }

  async #refresh(): Promise<void> {
    try {
      const lists = await Promise.all(runsFolders(this.#storage).map(listRuns));
      const found = lists.flat();
      const making = await Promise.all(found.map(isBeingMade));
      if (making.includes(true)) this.#refreshSoon(settleTime * 2);
      this.#take(found.filter((_, index) => !making[index]));
    } catch (error) {
      this.#log.error('Listing runs failed:', error instanceof Error ? error : String(error));
    }
  }

  #take(found: readonly RunSummary[]): void {
    const ids = new Set(found.map(({ id }) => id));
    for (const id of [...this.#summaries.keys()]) {
      if (ids.has(id)) continue;
      this.#summaries.delete(id);
      this.#letGo(id);
    }
    const before = new Set(this.#summaries.keys());
    for (const run of found) this.#summaries.set(run.id, run);
    for (const run of found) {
      // What had ended before this window looked for the first time is history, not news.
      const news = !before.has(run.id) && (this.#listed || isActive(run));
      if (news) this.#began.fire(run);
      if (isActive(run) && !this.#live.has(run.id)) this.#followLive(run.id);
      else if (news && !isActive(run)) this.#ended.fire(run);
    }
    this.#listed = true;
    this.#changed.fire();
  }

  #followLive(id: string): void {
    const watching = this.watch(id, {
      onChange: () => (isOver(watching.run.state.status) ? this.#ends(id, watching.run.state) : this.#tellSoon()),
      onGone: () => this.#refreshSoon(0),
    });
    this.#live.set(id, watching);
  }

  #ends(id: string, state: RunState): void {
    const known = this.#summaries.get(id);
    if (known === undefined || !this.#live.has(id)) return;
    const summary = summaryOf(known, state);
    this.#summaries.set(id, summary);
    this.#letGo(id);
    this.#log.info(
      `Run ${id} ended: ${summary.status}${summary.error === undefined ? '' : ` (${summary.error.message})`}.`,
    );
    this.#ended.fire(summary);
    this.#changed.fire();
  }

  #letGo(id: string): void {
    this.#live.get(id)?.dispose();
    this.#live.delete(id);
  }

  #tellSoon(): void {
    this.#progressTimer ??= setTimeout(() => {
      this.#progressTimer = undefined;
      this.#changed.fire();
    }, progressInterval);
  }
}

/** Whether a run goes on. */
export function isActive(run: Pick<RunSummary, 'status'>): boolean {
  return run.status !== 'unreadable' && !isOver(run.status);
}

/** What a list says of a run, from its state. */
function summaryOf(summary: RunSummary, state: RunState): RunSummary {
  const { id, folder, name, created } = summary;
  const { record, status, verdict, error, seconds } = state;
  return {
    ...{ id, folder, name, created, record, status },
    share: runTiming(state, Date.now()).share,
    ...(seconds === undefined ? {} : { seconds }),
    ...(verdict === undefined ? {} : { verdict }),
    ...(error === undefined ? {} : { error }),
  };
}

async function isBeingMade(run: RunSummary): Promise<boolean> {
  if (run.status !== 'unreadable') return false;
  const made = await stat(run.folder).catch(() => undefined);
  return made === undefined || Date.now() - made.mtimeMs < makingTime;
}
