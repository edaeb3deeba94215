import * as vscode from 'vscode';
import { requestRun, stopRun, type StopLadder } from '../../runtime/runs/control.ts';
import { listRuns, type RunSummary } from '../../runtime/runs/folder.ts';
import { changeLabels } from '../../runtime/runs/label-file.ts';
import { type LabelChange, noLabels } from '../../runtime/runs/labels.ts';
import { provisionalRecord } from '../../runtime/runs/provisional-record.ts';
import { continueRun, startRun, type StartedRun, type StartOptions } from '../../runtime/runs/start.ts';
import { isOver, mayContinue, runTiming, type RunState } from '../../runtime/runs/state.ts';
import type { PaperRun } from '../../webviews/messages.ts';
import { setting } from '../settings.ts';
import { runsFolders, watchFolder } from './run-folders.ts';
import { WatchedRuns, type RunWatcher, type Watching } from './watched-run.ts';

/** Changes of the runs' folders that come closer together than this are looked at as one, in milliseconds. */
const settleTime = 150;

/** How often at most the progress of runs is told, in milliseconds. */
const progressInterval = 1000;

/** What changed: runs came, went or stand otherwise than before; or they only got on. */
export type RunsChange = 'list' | 'progress';

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
  readonly #changed = new vscode.EventEmitter<RunsChange>();
  readonly #ended = new vscode.EventEmitter<RunSummary>();
  readonly #began = new vscode.EventEmitter<RunSummary>();
  readonly #disposables: { dispose(): unknown }[] = [this.#watched, this.#changed, this.#ended, this.#began];
  #listed = false;
  #folderWatchers: vscode.Disposable[] = [];
  #refreshTimer: NodeJS.Timeout | undefined;
  #progressTimer: NodeJS.Timeout | undefined;
  #refreshing: Promise<void> = Promise.resolve();

  /** Runs changed; mere progress is told about once a second. */
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

  /** Starts a run and takes it into the list. */
  async start(options: StartOptions): Promise<StartedRun> {
    const started = await startRun(options);
    this.#log.info(`Run ${started.id} started (process ${started.pid}).`);
    this.#tellUnwritten(started);
    if (!this.#summaries.has(started.id)) this.#add(justStarted(started.folder, options));
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
    try {
      await ladder.done;
    } finally {
      this.#ladders.delete(id);
      await this.refresh();
    }
  }

  /** Goes on with a run that is over, with its trials that were not completed. */
  async continue(id: string, distribution: string): Promise<void> {
    const folder = this.#folderOf(id);
    const file = this.#summaries.get(id)?.record?.experiment.file;
    const whenStarterExits = setting('run.whenWindowCloses', file === undefined ? undefined : vscode.Uri.file(file));
    const started = await continueRun({ distribution, folder, whenStarterExits });
    this.#log.info(`Run ${id} goes on (process ${started.pid}).`);
    this.#tellUnwritten(started);
    await this.refresh();
  }

  async request(id: string, request: 'pause' | 'resume'): Promise<void> {
    await requestRun(this.#folderOf(id), request);
  }

  /** Changes what people have written on a run; every window of its folder sees it. */
  async label(id: string, change: LabelChange): Promise<void> {
    await changeLabels(this.#folderOf(id), change);
    await this.refresh();
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

  /** Says why a run's process failed, where it could not say so in the run's folder. */
  #tellUnwritten({ id, unwritten }: StartedRun): void {
    void unwritten.then((reason) => {
      if (reason === undefined) return;
      this.#log.error(`Run ${id}: ${reason}`);
      void vscode.window.showErrorMessage(reason);
    });
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
    const before = [...this.#summaries.keys()];
    try {
      // One folder that cannot be read must not hide the runs of the others.
      const list = (folder: string) =>
        listRuns(folder).catch((error: unknown) => {
          this.#log.error(error instanceof Error ? error : String(error));
          return [];
        });
      const lists = await Promise.all(runsFolders(this.#storage).map(list));
      this.#take(lists.flat(), before);
    } catch (error) {
      this.#log.error('Listing runs failed:', error instanceof Error ? error : String(error));
    }
  }

  /** `before`: the runs that were known when the looking began; only of them it can tell that they are gone. */
  #take(found: readonly RunSummary[], before: readonly string[]): void {
    const ids = new Set(found.map(({ id }) => id));
    for (const id of before) {
      if (ids.has(id)) continue;
      this.#summaries.delete(id);
      this.#letGo(id);
    }
    for (const run of found) {
      const known = this.#summaries.get(run.id);
      if (known === undefined) this.#add(run);
      // What this window saw end may still look alive to who reads its files, unless another process goes on with it.
      else if (isActive(known) || !isActive(run) || isOthers(known, run)) this.#summaries.set(run.id, run);
      else this.#summaries.set(run.id, { ...known, name: run.name, labels: run.labels });
      if (isActive(this.#summaries.get(run.id)!)) this.#followLive(run.id);
    }
    this.#listed = true;
    this.#changed.fire('list');
  }

  /** Takes in a run that was not known. What had ended before this window looked for the first time is no news. */
  #add(run: RunSummary): void {
    this.#summaries.set(run.id, run);
    if (isActive(run)) {
      this.#began.fire(run);
      this.#followLive(run.id);
      this.#changed.fire('list');
    } else if (this.#listed) {
      this.#began.fire(run);
      this.#ended.fire(run);
    }
  }

  #followLive(id: string): void {
    if (this.#live.has(id)) return;
    let told: RunState['status'] | undefined;
    const watching = this.watch(id, {
      onChange: () => {
        const { state } = watching.run;
        if (isOver(state.status)) this.#ends(id, state);
        else if (state.status === told) this.#tellSoon();
        else this.#changed.fire('list');
        told = state.status;
      },
      onGone: () => {
        this.#letGo(id);
        this.#refreshSoon(settleTime);
      },
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
    this.#changed.fire('list');
  }

  #letGo(id: string): void {
    this.#live.get(id)?.dispose();
    this.#live.delete(id);
  }

  #tellSoon(): void {
    this.#progressTimer ??= setTimeout(() => {
      this.#progressTimer = undefined;
      this.#changed.fire('progress');
    }, progressInterval);
  }
}

/** Whether a run goes on. */
export function isActive(run: Pick<RunSummary, 'status'>): boolean {
  return run.status !== 'unreadable' && !isOver(run.status);
}

/** Whether a run that is over can be taken up again. */
export function isResumable(status: RunSummary['status']): boolean {
  return status !== 'unreadable' && mayContinue(status);
}

/** Whether another process works at the run than the one that was known. */
function isOthers(known: RunSummary, run: RunSummary): boolean {
  return known.record?.pid !== run.record?.pid;
}

/** What can be said of a run before its folder tells anything. */
function justStarted(folder: string, { file, displayFile }: StartOptions): RunSummary {
  const record = provisionalRecord(folder);
  const { id, name, created, experiment } = record;
  const named = { ...record, experiment: { ...experiment, file: displayFile ?? file } };
  return { id, folder, name, labels: noLabels, created, record: named, status: 'starting', share: 0 };
}

/** What a list says of a run, from its state. */
function summaryOf(summary: RunSummary, state: RunState): RunSummary {
  const { id, folder, name, labels, created } = summary;
  const { status, verdict, error, seconds } = state;
  // The state knows no file before it has read the run's record.
  const record = state.record.experiment.file === '' ? (summary.record ?? state.record) : state.record;
  return {
    ...{ id, folder, name, labels, created, record, status },
    share: runTiming(state, Date.now()).share,
    ...(seconds === undefined ? {} : { seconds }),
    ...(verdict === undefined ? {} : { verdict }),
    ...(error === undefined ? {} : { error }),
  };
}
