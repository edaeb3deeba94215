/** What the editor gives to a webview's script. */
interface EditorApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): EditorApi;

/** What passes between a view and the extension: messages in, messages out, and what the panel persists. */
export interface Protocol {
  readonly in: unknown;
  readonly out: { readonly type: string };
  readonly state: unknown;
}

/** The other side of a webview: the extension. */
export interface Host<P extends Protocol> {
  post(message: P['out']): void;
  /** What was persisted last, as it was written by whatever version of this view: to be checked before use. */
  readonly restored: unknown;
  persist(state: P['state']): void;
}

/**
 * Connects the view with the extension. Errors of the view's own code go to the extension's log.
 *
 * @param listen called with each message of the extension.
 */
export function connect<P extends Protocol>(listen: (message: P['in']) => void): Host<P> {
  const editor = acquireVsCodeApi();
  const report = (problem: unknown) => {
    const message = problem instanceof Error ? (problem.stack ?? problem.message) : String(problem);
    editor.postMessage({ type: 'error', message: message.slice(0, 10_000) });
  };
  window.addEventListener('error', (event) => {
    // A browser's remark that sizes settled one frame later; nothing is wrong.
    if (!event.message.startsWith('ResizeObserver loop')) report(event.error ?? event.message);
  });
  window.addEventListener('unhandledrejection', (event) => report(event.reason));
  window.addEventListener('message', (event: MessageEvent<P['in']>) => listen(event.data));
  return {
    post: (message) => editor.postMessage(message),
    restored: editor.getState(),
    persist: (state) => editor.setState(state),
  };
}
