import { join, sep } from 'node:path';
import * as vscode from 'vscode';
import type { Method } from '../../corpus/method.ts';
import type { Problem } from '../../corpus/paper.ts';
import { affects } from '../settings.ts';
import { findSources, sourcePatterns, watched } from './source-patterns.ts';
import type { LibraryState } from './state.ts';

/** Changes of sources that come closer together than this are read as one, in milliseconds. */
const settleTime = 300;

/** The first reading: the built-in methods at once, and everything later. */
interface FirstReading {
  readonly builtIn: Promise<LibraryState>;
  readonly settled: Promise<LibraryState>;
}

/**
 * The papers of this window: the built-in methods and what the sources of the settings hold. Nothing is read before the
 * first feature asks. Sources are parsed in a worker and kept in an index between sessions.
 */
export class Library implements vscode.Disposable {
  readonly #log: vscode.LogOutputChannel;
  readonly #distribution: string;
  readonly #cacheFolder: string;
  readonly #changed = new vscode.EventEmitter<LibraryState>();
  readonly #problems = vscode.languages.createDiagnosticCollection('marginalia.sources');
  readonly #disposables: { dispose(): unknown }[] = [this.#changed, this.#problems];
  readonly #ending = new AbortController();
  #watchers: vscode.Disposable[] = [];
  #watchedPatterns = '[]';
  #state: LibraryState | undefined;
  /** The files that the state was read from. */
  #sources: readonly string[] = [];
  #started: FirstReading | undefined;
  #reading: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  /** Papers changed; everything that was worked out from the former state is out of date. */
  readonly onDidChange = this.#changed.event;

  constructor(log: vscode.LogOutputChannel, distribution: string, storage: vscode.Uri) {
    this.#log = log;
    this.#distribution = distribution;
    this.#cacheFolder = join(storage.fsPath, 'index');
    this.#disposables.push(
      vscode.workspace.onDidChangeConfiguration((event) => affects(event, 'corpus.sources') && this.#sourcesChanged()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#sourcesChanged()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#sourcesChanged()),
    );
  }

  /** What is known now; waits for the built-in methods only. */
  async current(): Promise<LibraryState> {
    return this.#state ?? (await this.#start().builtIn);
  }

  /** What is known once all sources have been read for the first time. */
  async settled(): Promise<LibraryState> {
    await this.#start().settled;
    return this.current();
  }

  /** Reads all sources again; answers when they are read. */
  async reload(): Promise<LibraryState> {
    await this.#start().settled;
    return this.#read();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#ending.abort();
    for (const disposable of [...this.#watchers, ...this.#disposables]) disposable.dispose();
  }

  #start(): FirstReading {
    if (this.#started === undefined) {
      const builtIn = this.#publish([]);
      const settled = builtIn.then((state) => (sourcePatterns().patterns.length === 0 ? state : this.#read()));
      this.#started = { builtIn, settled };
    }
    return this.#started;
  }

  #sourcesChanged(): void {
    if (this.#started === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.reload(), settleTime);
  }

  /** One reading at a time: a later one starts when the one under way has ended. */
  #read(): Promise<LibraryState> {
    const reading = this.#reading.then(() => this.#readSources());
    this.#reading = reading;
    return reading;
  }

  async #readSources(): Promise<LibraryState> {
    const { patterns, refused } = sourcePatterns();
    for (const entry of refused) {
      this.#log.warn(`The source "${entry}" lies outside this workspace, which is not trusted: it is not read.`);
    }
    this.#watch(patterns.map(watched));
    try {
      const files = await findSources(patterns);
      if (files.length === 0 && this.#sources.length === 0) return await this.current();
      return await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Window, title: 'Marginalia: reading papers' },
        async () => {
          const { indexSources } = await import('../../corpus/indexer.ts');
          const sources = await indexSources(this.#distribution, files, {
            cacheFolder: this.#cacheFolder,
            signal: this.#ending.signal,
          });
          return this.#publish(sources);
        },
      );
    } catch (error) {
      if (!this.#ending.signal.aborted)
        this.#log.error('Reading sources failed:', error instanceof Error ? error : String(error));
      return this.current();
    }
  }

  async #publish(sources: Parameters<typeof import('./state.ts').createState>[1]): Promise<LibraryState> {
    const [{ createState }, methods] = await Promise.all([import('./state.ts'), this.#methods()]);
    const state = createState(methods, sources);
    this.#state = state;
    this.#sources = sources.map(({ file }) => file);
    this.#showProblems(state.corpus.problems);
    this.#log.info(
      `${state.corpus.papers.length} papers, ${state.corpus.methods.size} methods, ${sources.length} sources.`,
    );
    this.#changed.fire(state);
    return state;
  }

  async #methods(): Promise<readonly Method[]> {
    const { loadMethods } = await import('../../corpus/load-methods.ts');
    return loadMethods(this.#distribution);
  }

  /** Watchers that are right stay: what happens while others take their place would go unseen. */
  #watch(patterns: readonly vscode.RelativePattern[]): void {
    const watched = JSON.stringify(patterns.map(({ baseUri, pattern }) => [baseUri.toString(), pattern]));
    if (watched === this.#watchedPatterns) return;
    this.#watchedPatterns = watched;
    for (const watcher of this.#watchers) watcher.dispose();
    this.#watchers = patterns.flatMap((pattern) => {
      const watcher = vscode.workspace.createFileSystemWatcher(pattern);
      const changed = (): void => this.#sourcesChanged();
      return [watcher, watcher.onDidCreate(changed), watcher.onDidChange(changed), watcher.onDidDelete(changed)];
    });
    if (patterns.length > 0) this.#watchFolders();
  }

  /** Where a whole folder goes at once, the editor tells of it alone and not of the files that were in it. */
  #watchFolders(): void {
    const watcher = vscode.workspace.createFileSystemWatcher('**', true, true);
    const deleted = watcher.onDidDelete(({ fsPath }) => {
      if (this.#sources.some((file) => file.startsWith(fsPath + sep))) this.#sourcesChanged();
    });
    this.#watchers.push(watcher, deleted);
  }

  #showProblems(problems: readonly Problem[]): void {
    this.#problems.clear();
    for (const file of new Set(problems.map((problem) => problem.file))) {
      const found = problems.filter((problem) => problem.file === file);
      this.#problems.set(vscode.Uri.file(file), found.map(diagnostic));
    }
  }
}

function diagnostic({ line, message, severity }: Problem): vscode.Diagnostic {
  const range = new vscode.Range(line - 1, 0, line - 1, Number.MAX_SAFE_INTEGER);
  const level = severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
  const result = new vscode.Diagnostic(range, message, level);
  result.source = 'Marginalia';
  return result;
}
