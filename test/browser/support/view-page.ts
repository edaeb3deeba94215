import * as esbuild from 'esbuild';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../../../scripts/editor/browser.mjs';
import { root } from '../../../scripts/tools/root.mjs';
import { environment } from './environment.ts';
import type { ThemeUnderTest } from './themes.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const nonce = 'nonce-for-tests';

/** Stands in for the editor: `acquireVsCodeApi` keeps what was posted and persisted; violations of the policy are kept too. */
const editorStub = `
  window.posted = [];
  window.violations = [];
  document.addEventListener('securitypolicyviolation', (event) => {
    window.violations.push(event.violatedDirective + ' ' + event.blockedURI);
  });
  window.acquireVsCodeApi = () => ({
    postMessage: (message) => window.posted.push(message),
    getState: () => window.persisted,
    setState: (state) => { window.persisted = JSON.parse(JSON.stringify(state)); },
  });
`;

/** A view in a real browser, under the policy that the extension gives it. */
export interface View {
  readonly page: Page;
  /** Sends what the extension would send. */
  send(message: object): Promise<void>;
  /** What the view has posted, without its first `ready`. */
  posted(): Promise<Record<string, unknown>[]>;
  persisted(): Promise<unknown>;
  /** What is wrong with the page for people who use it without eyes or mouse, after axe-core; one line each. */
  violations(): Promise<string[]>;
  /** Errors of its script and breaches of the policy so far. */
  faults(): Promise<string[]>;
  close(): Promise<void>;
}

export interface ViewHost {
  open(
    bundle: 'dashboard' | 'paper-page',
    theme: ThemeUnderTest,
    options?: { readonly width?: number; readonly restored?: unknown },
  ): Promise<View>;
  close(): Promise<void>;
}

/** Builds the bundles from source, serves them and starts the browser. */
export async function startViewHost(): Promise<ViewHost> {
  const built = await esbuild.build({
    absWorkingDir: root,
    entryPoints: {
      dashboard: 'src/webviews/dashboard/dashboard.ts',
      'paper-page': 'src/webviews/paper-page/paper-page.ts',
    },
    outdir: 'webviews',
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    write: false,
    logLevel: 'warning',
  });
  const files = new Map(built.outputFiles.map((file) => [`/${file.path.split(/[\\/]/).pop()!}`, file.text]));
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0]!;
    const text = path.endsWith('.html') ? htmlOf(path.slice(1, -5), server) : files.get(path);
    if (text === undefined) response.statusCode = 404;
    const types = { js: 'text/javascript', css: 'text/css', html: 'text/html' };
    response.setHeader('content-type', `${types[path.split('.').pop() as keyof typeof types]}; charset=utf-8`);
    response.end(text ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await launchBrowser(environment('MARGINALIA_BROWSER'));
  return {
    open: (bundle, theme, options = {}) => open(browser, server, bundle, theme, options),
    async close() {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The page that the extension would make. */
function htmlOf(bundle: string, server: Server): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${addressOf(server)} 'nonce-${nonce}'`,
    'img-src data:',
  ].join('; ');
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>View</title>
<meta http-equiv="Content-Security-Policy" content="${policy}"><link rel="stylesheet" href="/${bundle}.css"></head>
<body><script nonce="${nonce}" src="/${bundle}.js"></script></body></html>`;
}

async function open(
  browser: Browser,
  server: Server,
  bundle: string,
  theme: ThemeUnderTest,
  { width = 1100, restored }: { readonly width?: number; readonly restored?: unknown },
): Promise<View> {
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
  await page.addInitScript(editorStub);
  // As the editor does: variables on the root element, the kind of theme on the body, before the page's own script.
  await page.addInitScript(`
    window.persisted = ${JSON.stringify(restored)};
    const dress = () => {
      if (!document.body) return false;
      for (const [name, value] of Object.entries(${JSON.stringify(theme.variables)})) {
        document.documentElement.style.setProperty('--vscode-' + name, value);
      }
      document.body.className = ${JSON.stringify(theme.kind)};
      document.body.dataset.vscodeThemeKind = ${JSON.stringify(theme.kind)};
      return true;
    };
    new MutationObserver((_, observer) => { if (dress()) observer.disconnect(); })
      .observe(document, { childList: true, subtree: true });
  `);
  await page.goto(`${addressOf(server)}/${bundle}.html`);
  return {
    page,
    async send(message) {
      // Typed arrays travel as lists and are made anew in the page.
      const text = JSON.stringify(message, (_, value: unknown) =>
        value instanceof Float64Array ? { float64: Array.from(value, String) } : value,
      );
      await page.evaluate(
        `window.postMessage(JSON.parse(${JSON.stringify(text)}, (_, value) => value && value.float64 ? Float64Array.from(value.float64, Number) : value), '*')`,
      );
    },
    async posted() {
      return (await page.evaluate<Record<string, unknown>[]>('window.posted')).slice(1);
    },
    persisted: () => page.evaluate<unknown>('window.persisted'),
    async violations() {
      await page.evaluate(`window.axe ? undefined : (() => { ${axe} })()`);
      const found = await page.evaluate<{
        violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
      }>('window.axe.run(document, { resultTypes: ["violations"] })');
      return found.violations.flatMap(({ id, nodes }) =>
        nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`),
      );
    },
    async faults() {
      return [...errors, ...(await page.evaluate<string[]>('window.violations'))];
    },
    close: () => context.close(),
  };
}
