import { followRun, type RunFollower } from '../../runtime/runs/follow.ts';
import type { RunState } from '../../runtime/runs/state.ts';

/** Characters of a run's console that a window keeps; everything is in the run's `console.log`. */
const consoleKept = 1_000_000;

export interface RunWatcher {
  /** Something of the state changed. `console`: what the run printed since the last call. */
  onChange(change: { readonly console: string }): void;
  /** The folder is gone; nothing more comes. */
  onGone(reason: string): void;
}

/** One follower of a run's folder, shared by everything in this window that shows the run. */
export class WatchedRun {
  readonly #follower: RunFollower;
  readonly #watchers = new Set<RunWatcher>();
  #console = '';
  #unsent = '';

  constructor(folder: string) {
    this.#follower = followRun(
      folder,
      {
        onEvents: () => this.#tell(),
        onConsole: (text) => {
          this.#console = (this.#console + text).slice(-consoleKept);
          this.#unsent += text;
          this.#tell();
        },
        onGone: (reason) => {
          for (const watcher of [...this.#watchers]) watcher.onGone(reason);
        },
      },
      { points: 'drawn' },
    );
  }

  get state(): RunState {
    return this.#follower.state;
  }

  /** What the run printed so far, or the end of it. */
  get console(): string {
    return this.#console;
  }

  /** Number of watchers that are left. */
  get watchers(): number {
    return this.#watchers.size;
  }

  add(watcher: RunWatcher): void {
    this.#watchers.add(watcher);
  }

  remove(watcher: RunWatcher): void {
    this.#watchers.delete(watcher);
  }

  dispose(): void {
    this.#watchers.clear();
    this.#follower.dispose();
  }

  #tell(): void {
    const console = this.#unsent;
    this.#unsent = '';
    for (const watcher of [...this.#watchers]) watcher.onChange({ console });
  }
}

/** A place that shows a run; gone when disposed. */
export interface Watching {
  readonly run: WatchedRun;
  dispose(): void;
}

/** The runs that are watched now, each followed once. */
export class WatchedRuns {
  readonly #runs = new Map<string, WatchedRun>();

  watch(folder: string, watcher: RunWatcher): Watching {
    const run = this.#runs.get(folder) ?? new WatchedRun(folder);
    this.#runs.set(folder, run);
    run.add(watcher);
    return {
      run,
      dispose: () => {
        run.remove(watcher);
        if (run.watchers > 0 || this.#runs.get(folder) !== run) return;
        this.#runs.delete(folder);
        run.dispose();
      },
    };
  }

  dispose(): void {
    for (const run of this.#runs.values()) run.dispose();
    this.#runs.clear();
  }
}
