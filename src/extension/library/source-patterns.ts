import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, normalize, relative, sep } from 'node:path';
import * as vscode from 'vscode';

/** Characters that make a path a glob. */
const globCharacters = /[*?{[]/;

/** One entry of `marginalia.corpus.sources`, made absolute for one folder. */
export interface SourcePattern {
  /** The entry as it stands in the settings. */
  readonly entry: string;
  /** Absolute path of a folder: all of the entry before its first glob character. */
  readonly base: string;
  /** Below `base`; empty where the entry names one file or folder. */
  readonly glob: string;
}

/**
 * The sources that the settings name. In a workspace that is not trusted, what the workspace itself configures may name
 * only files inside it; those entries that reach outside are answered as `refused`.
 */
export function sourcePatterns(): { readonly patterns: SourcePattern[]; readonly refused: string[] } {
  const entries = vscode.workspace.getConfiguration('marginalia').get<readonly string[]>('corpus.sources', []);
  const own = vscode.workspace.getConfiguration('marginalia').inspect<readonly string[]>('corpus.sources')?.globalValue;
  const folders = (vscode.workspace.workspaceFolders ?? [])
    .filter((folder) => folder.uri.scheme === 'file')
    .map((folder) => folder.uri.fsPath);
  const patterns: SourcePattern[] = [];
  const refused: string[] = [];
  for (const entry of entries) {
    const mayReachOut = vscode.workspace.isTrusted || own?.includes(entry) === true;
    for (const path of absolutePaths(entry, folders)) {
      const pattern = splitGlob(entry, path);
      const inside =
        folders.some((folder) => isInside(pattern.base, folder)) && !pattern.glob.split('/').includes('..');
      if (inside || mayReachOut) patterns.push(pattern);
      else refused.push(entry);
    }
  }
  return { patterns, refused };
}

/** The files that patterns name now, without repeats, in the patterns' order. */
export async function findSources(patterns: readonly SourcePattern[]): Promise<string[]> {
  const files = new Set<string>();
  for (const { base, glob } of patterns) {
    const found = glob === '' ? await plainSource(base) : await globbed(base, glob);
    for (const file of found) files.add(file);
  }
  return [...files];
}

/** What has to be watched to hear of changes of the files that a pattern names, now or later. */
export function watched({ base, glob }: SourcePattern): vscode.RelativePattern {
  return glob === ''
    ? new vscode.RelativePattern(vscode.Uri.file(dirname(base)), basename(base))
    : new vscode.RelativePattern(vscode.Uri.file(base), glob);
}

/** The entry for the settings that names exactly this file, or all pages in this folder. */
export function entryFor(path: string, kind: 'file' | 'folder', folder: string | undefined): string {
  const inside = folder !== undefined && isInside(path, folder);
  const shown = (inside ? relative(folder, path) : path).split(sep).join('/');
  const literal = shown.replace(/[*?{[]/g, '[$&]');
  return kind === 'folder' ? `${literal === '' ? '' : `${literal}/`}**/*.txt` : literal;
}

export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (!way.startsWith('..') && !isAbsolute(way));
}

function absolutePaths(entry: string, folders: readonly string[]): string[] {
  if (entry.startsWith('~/') || entry.startsWith('~\\')) return [join(homedir(), entry.slice(2))];
  return isAbsolute(entry) ? [normalize(entry)] : folders.map((folder) => join(folder, entry));
}

function splitGlob(entry: string, path: string): SourcePattern {
  const parts = path.split(sep);
  const first = parts.findIndex((part) => globCharacters.test(part));
  if (first < 0) return { entry, base: path, glob: '' };
  return { entry, base: parts.slice(0, first).join(sep) || sep, glob: parts.slice(first).join('/') };
}

async function plainSource(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return [];
  return found.isDirectory() ? globbed(path, '**/*.txt') : [path];
}

async function globbed(base: string, glob: string): Promise<string[]> {
  const found = await vscode.workspace.findFiles(new vscode.RelativePattern(vscode.Uri.file(base), glob), null);
  return found.map((uri) => uri.fsPath).sort();
}
