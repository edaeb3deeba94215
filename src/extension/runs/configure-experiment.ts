import * as vscode from 'vscode';
import { describeExperiment } from '../../runtime/runs/describe.ts';
import type { ExperimentDescription } from '../../runtime/runs/record.ts';
import type { StartedRun } from '../../runtime/runs/start.ts';
import type { Parameter } from '../../runtime/sdk/parameters.ts';
import type { Host } from '../host.ts';
import { setting } from '../settings.ts';
import { mayRun, runExperiment, saveFile, type RunChoices } from './run-experiment.ts';
import { describedChoices, numberProblem, seedsProblem, storedChoices } from './run-choices.ts';

const backends = ['auto', 'tensorflow', 'webgpu', 'wasm', 'cpu'] as const;

interface Entry extends vscode.QuickPickItem {
  /** Asks for a new value and answers the choices with it. Absent on the entry that starts the run. */
  readonly change?: () => Promise<RunChoices>;
}

/**
 * Lets a person turn the declared parameters, arms, seeds and backend of an experiment and starts the run. What was chosen
 * for a file is proposed again the next time.
 */
export async function configureExperiment(host: Host, file: vscode.Uri): Promise<StartedRun | undefined> {
  if (!(await mayRun())) return undefined;
  await saveFile(file);
  const description = await describe(host, file);
  const key = `choices:${file.toString()}`;
  let choices = storedChoices(description, host.context.workspaceState.get(key));
  for (;;) {
    const picked = await vscode.window.showQuickPick(entries(description, choices, setting('run.backend', file)), {
      title: `Configure ${vscode.workspace.asRelativePath(file)}`,
      placeHolder: 'Run, or choose what to change first',
      matchOnDescription: true,
      matchOnDetail: true,
    });
    if (picked === undefined) return undefined;
    if (picked.change === undefined) break;
    choices = await picked.change();
    await host.context.workspaceState.update(key, choices);
  }
  return runExperiment(host, file, choices);
}

async function describe(host: Host, file: vscode.Uri): Promise<ExperimentDescription> {
  const described = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: 'Marginalia: reading the experiment' },
    () => describeExperiment(file.fsPath, { distribution: host.distribution }),
  );
  if ('description' in described) return described.description;
  const { message, line } = described.error;
  throw new Error(`${vscode.workspace.asRelativePath(file)}${line === undefined ? '' : `, line ${line}`}: ${message}`);
}

function entries(description: ExperimentDescription, choices: RunChoices, configuredBackend: string): Entry[] {
  const { params, arms, compute } = description;
  const { seeds = description.seeds, backend = configuredBackend } = choices;
  const chosenArms = choices.arms ?? Object.keys(arms);
  const changed = Object.keys(choices).length > 0;
  return [
    { label: '$(play) Run', description: describedChoices(choices) },
    ...(changed
      ? [{ label: '$(discard) Back to what the experiment declares', change: () => Promise.resolve({}) }]
      : []),
    { label: 'Parameters', kind: vscode.QuickPickItemKind.Separator },
    ...Object.entries(params).map(([name, parameter]) => {
      const value = choices.params?.[name] ?? parameter.default;
      return {
        label: name,
        description: `${String(value)}${value === parameter.default ? '' : ` (declared: ${String(parameter.default)})`}`,
        detail: parameter.about,
        change: () => changeParameter(choices, name, parameter, value),
      };
    }),
    { label: 'Trials', kind: vscode.QuickPickItemKind.Separator },
    {
      label: 'arms',
      description: chosenArms.join(', '),
      detail: 'Who competes; a claim needs all the arms that it compares',
      change: () => changeArms(choices, description, chosenArms),
    },
    {
      label: 'seeds',
      description: String(seeds),
      detail: 'Repetitions of each arm',
      change: () => changeSeeds(choices, seeds),
    },
    ...(compute === 'none'
      ? []
      : [
          {
            label: 'backend',
            description: backend,
            detail: 'Tensor engine',
            change: () => changeBackend(choices, backend),
          },
        ]),
  ];
}

async function changeParameter(
  choices: RunChoices,
  name: string,
  parameter: Parameter,
  current: number | string | boolean,
): Promise<RunChoices> {
  const value = await askForValue(name, parameter, current);
  if (value === undefined) return choices;
  const params = { ...choices.params, [name]: value };
  const changed = Object.entries(params).filter(([other]) => other !== name || value !== parameter.default);
  return changed.length === 0 ? without(choices, 'params') : { ...choices, params: Object.fromEntries(changed) };
}

async function askForValue(
  name: string,
  parameter: Parameter,
  current: number | string | boolean,
): Promise<number | string | boolean | undefined> {
  const options = { title: name, placeHolder: parameter.about };
  switch (parameter.type) {
    case 'choice':
      return vscode.window.showQuickPick(parameter.choices, options);
    case 'flag': {
      const answer = await vscode.window.showQuickPick(['yes', 'no'], options);
      return answer === undefined ? undefined : answer === 'yes';
    }
    case 'int':
    case 'float': {
      const text = await vscode.window.showInputBox({
        title: name,
        prompt: `${parameter.about} (${parameter.min} to ${parameter.max})`,
        value: String(current),
        validateInput: (entered) => numberProblem(parameter, entered),
      });
      return text === undefined ? undefined : Number(text);
    }
  }
}

async function changeArms(
  choices: RunChoices,
  { arms }: ExperimentDescription,
  chosen: readonly string[],
): Promise<RunChoices> {
  const items = Object.entries(arms).map(([label, { role, about }]) => {
    return { label, description: role, detail: about, picked: chosen.includes(label) };
  });
  const picked = await vscode.window.showQuickPick(items, {
    title: 'arms',
    placeHolder: 'Who competes',
    canPickMany: true,
  });
  if (picked === undefined || picked.length === 0) return choices;
  return picked.length === items.length
    ? without(choices, 'arms')
    : { ...choices, arms: picked.map(({ label }) => label) };
}

async function changeSeeds(choices: RunChoices, current: number): Promise<RunChoices> {
  const text = await vscode.window.showInputBox({
    title: 'seeds',
    prompt: 'How often each arm is repeated',
    value: String(current),
    validateInput: seedsProblem,
  });
  return text === undefined ? choices : { ...choices, seeds: Number(text) };
}

async function changeBackend(choices: RunChoices, current: string): Promise<RunChoices> {
  const items = backends.map((label) => ({ label, ...(label === current ? { description: 'now' } : {}) }));
  const picked = await vscode.window.showQuickPick(items, { title: 'backend', placeHolder: 'Tensor engine' });
  return picked === undefined ? choices : { ...choices, backend: picked.label };
}

function without(choices: RunChoices, name: keyof RunChoices): RunChoices {
  return Object.fromEntries(Object.entries(choices).filter(([other]) => other !== name));
}
