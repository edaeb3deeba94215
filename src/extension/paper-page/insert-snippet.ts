import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import * as vscode from 'vscode';
import type { Method } from '../../corpus/method.ts';
import type { Host } from '../host.ts';

const snippetFile = v.record(v.string(), v.looseObject({ prefix: v.string(), body: v.array(v.string()) }));

/** Inserts a method's snippet at the cursor of the text editor that is open beside the page. */
export async function insertSnippet(host: Host, method: Method | undefined): Promise<void> {
  if (method === undefined) return;
  const [editor] = vscode.window.visibleTextEditors;
  if (editor === undefined) {
    void vscode.window.showInformationMessage('Marginalia: open the file to insert the snippet into beside this page.');
    return;
  }
  const text = await readFile(join(host.distribution, 'marginalia.code-snippets'), 'utf8');
  const snippet = Object.values(v.parse(snippetFile, JSON.parse(text))).find(
    ({ prefix }) => prefix === method.snippet.prefix,
  );
  if (snippet === undefined) throw new Error(`The snippet "${method.snippet.prefix}" is not in this installation.`);
  await vscode.window.showTextDocument(editor.document, editor.viewColumn);
  await editor.insertSnippet(new vscode.SnippetString(snippet.body.join('\n')));
}
