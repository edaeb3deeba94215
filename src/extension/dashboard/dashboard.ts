import * as v from 'valibot';
import * as vscode from 'vscode';
import { readPoints } from '../../runtime/runs/event-index/read-points.ts';
import { isOver } from '../../runtime/runs/state.ts';
import { fromDashboard, type DashboardState, type FromDashboard, type ToDashboard } from '../../webviews/messages.ts';
import type { Host } from '../host.ts';
import { plainLabel } from '../plain-label.ts';
import type { Runs } from '../runs/runs.ts';
import type { WatchedRun } from '../runs/watched-run.ts';
import { panelColumn, panelIcon, panelOptions, webviewPage } from '../webview-page.ts';
import { answerDashboard } from './answer-dashboard.ts';
import { RunFeed } from './run-feed.ts';

/** Updates are sent at most this often, in milliseconds. */
const updateInterval = 100;

/** While a run goes on its clock is sent at least this often, in milliseconds. */
const clockInterval = 1000;

const persisted = v.looseObject({ runId: v.string() }) satisfies v.GenericSchema<
  unknown,
  Pick<DashboardState, 'runId'>
>;

/** The dashboards that are open, by run id. */
const dashboards = new Map<string, vscode.WebviewPanel>();

/** Shows a run's dashboard beside the code, or brings the one that is open to the front. */
export async function openDashboard(
  host: Host,
  id: string,
  options: { readonly preserveFocus: boolean },
): Promise<void> {
  const open = dashboards.get(id);
  if (open !== undefined) {
    open.reveal(undefined, options.preserveFocus);
    return;
  }
  const runs = await host.runs();
  if (runs.get(id) === undefined) await runs.refresh();
  if (runs.get(id) === undefined)
    throw new Error(`There is no run ${id} in this window's folders; it may have been deleted.`);
  const panel = vscode.window.createWebviewPanel(
    'marginalia.dashboard',
    '',
    { viewColumn: panelColumn(), preserveFocus: options.preserveFocus },
    panelOptions(host.distribution),
  );
  new Dashboard(host, runs, id, panel);
}

/** Fills a panel that the editor brings back after a reload; the run may have gone on in between. */
export async function restoreDashboard(host: Host, panel: vscode.WebviewPanel, state: unknown): Promise<void> {
  const parsed = v.safeParse(persisted, state);
  const id = parsed.success ? parsed.output.runId : '';
  const runs = await host.runs();
  await runs.refresh();
  if (runs.get(id) === undefined || dashboards.has(id)) {
    panel.dispose();
    return;
  }
  panel.webview.options = panelOptions(host.distribution);
  new Dashboard(host, runs, id, panel);
}

/** One open dashboard: sends the run's state while the panel shows, and does what the view asks. */
class Dashboard {
  readonly #host: Host;
  readonly #id: string;
  readonly #folder: string;
  readonly #panel: vscode.WebviewPanel;
  readonly #run: WatchedRun;
  readonly #feed: RunFeed;
  readonly #disposables: { dispose(): unknown }[];
  /** The view is loaded and has had its snapshot. */
  #ready = false;
  #console = '';
  /** The next sending, and when it comes, in milliseconds since 1970. */
  #sending: { readonly at: number; readonly timer: NodeJS.Timeout } | undefined;

  constructor(host: Host, runs: Runs, id: string, panel: vscode.WebviewPanel) {
    this.#host = host;
    this.#id = id;
    this.#folder = runs.get(id)!.folder;
    this.#panel = panel;
    const watching = runs.watch(id, {
      onChange: ({ console }) => {
        this.#console += console;
        this.#updateSoon(updateInterval);
      },
      onGone: (reason) => this.#post({ type: 'failure', message: reason }),
    });
    this.#run = watching.run;
    this.#feed = new RunFeed(watching.run.state, () => runs.get(id)?.labels);
    this.#disposables = [
      watching,
      panel.webview.onDidReceiveMessage((message: unknown) => void this.#receive(message)),
      panel.onDidChangeViewState(() => (this.#ready &&= panel.visible)),
      panel.onDidDispose(() => this.#dispose()),
      runs.onDidChange((change) => {
        if (change !== 'list') return;
        panel.title = plainLabel(runs.get(id)?.name ?? id);
        this.#updateSoon(updateInterval);
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#ready && void this.#snapshot()),
    ];
    dashboards.set(id, panel);
    panel.title = plainLabel(runs.get(id)?.name ?? id);
    panel.iconPath = panelIcon(host.context.extensionUri);
    panel.webview.html = webviewPage(panel.webview, host.distribution, 'dashboard');
  }

  async #receive(message: unknown): Promise<void> {
    const parsed = v.safeParse(fromDashboard, message);
    if (!parsed.success) {
      this.#host.log.warn(`Dashboard of ${this.#id}: a message that is not understood was left out.`);
    } else if (parsed.output.type === 'ready') {
      await this.#snapshot();
    } else if (parsed.output.type === 'points') {
      await this.#answerPoints(parsed.output);
    } else {
      await answerDashboard(this.#host, this.#id, this.#run.state.record, parsed.output);
    }
  }

  /** Reads what the index left out of a metric between two steps. */
  async #answerPoints({ metric, low, high }: Extract<FromDashboard, { type: 'points' }>): Promise<void> {
    const series = this.#run.state.series.filter((one) => one.metric === metric);
    try {
      const found = await readPoints(this.#folder, series, low, high);
      this.#post({ type: 'points', metric, series: found });
    } catch (error) {
      this.#host.log.error(`Reading points of ${this.#id} failed:`, error instanceof Error ? error : String(error));
    }
  }

  async #snapshot(): Promise<void> {
    const { corpus } = await this.#host.library.current();
    const title = corpus.paper(this.#run.state.record.experiment.description.paper)?.title;
    this.#ready = true;
    this.#console = '';
    this.#post(
      this.#feed.snapshot({
        console: this.#run.console,
        trusted: vscode.workspace.isTrusted,
        ...(title === undefined ? {} : { paperTitle: title }),
      }),
    );
    this.#updateSoon(clockInterval);
  }

  /** Sends what is new after so many milliseconds; a sending that comes earlier anyway stands. */
  #updateSoon(after: number): void {
    const at = Date.now() + after;
    if (!this.#ready || (this.#sending !== undefined && this.#sending.at <= at)) return;
    clearTimeout(this.#sending?.timer);
    this.#sending = {
      at,
      timer: setTimeout(() => {
        this.#sending = undefined;
        this.#update();
      }, after),
    };
  }

  #update(): void {
    if (!this.#ready) return;
    const update = this.#feed.update(this.#console);
    if (update === undefined) {
      void this.#snapshot();
      return;
    }
    this.#console = '';
    this.#post(update);
    if (!isOver(this.#run.state.status)) this.#updateSoon(clockInterval);
  }

  #post(message: ToDashboard): void {
    void this.#panel.webview.postMessage(message);
  }

  #dispose(): void {
    clearTimeout(this.#sending?.timer);
    dashboards.delete(this.#id);
    for (const disposable of this.#disposables) disposable.dispose();
  }
}
