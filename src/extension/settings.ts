import * as vscode from 'vscode';

/** Every setting with its type; defaults stand in `package.json`. */
interface Settings {
  'corpus.sources': readonly string[];
  'papers.codeLens': boolean;
  'papers.hover': boolean;
  'papers.completion': boolean;
  'papers.links': boolean;
  'experiments.codeLens': boolean;
  'scaffold.folder': string;
  'run.backend': 'auto' | 'tensorflow' | 'webgpu' | 'wasm' | 'cpu';
  'run.processes': number;
  'run.memory': number;
  'run.trialTimeLimit': number;
  'run.whenWindowCloses': 'continue' | 'stop';
  'run.openDashboard': boolean;
}

/** Value of a setting as it holds at `scope`: a file's address, or a document with its language. */
export function setting<Name extends keyof Settings>(name: Name, scope?: vscode.ConfigurationScope): Settings[Name] {
  // Defaults in package.json make sure that there is a value of the declared type.
  return vscode.workspace.getConfiguration('marginalia', scope).get<Settings[Name]>(name)!;
}

/** Whether a change of the configuration touches the setting. */
export function affects(event: vscode.ConfigurationChangeEvent, name: keyof Settings): boolean {
  return event.affectsConfiguration(`marginalia.${name}`);
}
