import * as vscode from 'vscode';
import type { Method } from '../../corpus/method.ts';
import { plainLabel } from '../plain-label.ts';
import { verdictLook } from '../runs/run-outcome.ts';
import { familyName } from '../../corpus/family-name.ts';

/** Lets a person choose a method by its name, its paper's title, its family or the question that its experiment asks. */
export async function pickMethod(methods: readonly Method[]): Promise<Method | undefined> {
  const items = [...methods]
    .sort((one, other) => one.family.localeCompare(other.family) || one.id.localeCompare(other.id))
    .flatMap((method, index, sorted): (vscode.QuickPickItem & { readonly method?: Method })[] => {
      const first = sorted[index - 1]?.family !== method.family;
      const heading = { label: familyName(method.family), kind: vscode.QuickPickItemKind.Separator };
      return [...(first ? [heading] : []), methodItem(method)];
    });
  const choice = await vscode.window.showQuickPick(items, {
    title: 'Scaffold Experiment',
    placeHolder: 'A method, a title, a family or a question',
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return choice?.method;
}

function methodItem(method: Method): vscode.QuickPickItem & { readonly method: Method } {
  return {
    method,
    label: plainLabel(method.names[0] ?? method.id),
    description: plainLabel(method.paper.title),
    // The family last: it stands above its methods already and is there to be found by.
    detail: plainLabel(
      [
        expectedTime(method.experiment.seconds),
        ...(method.verdict === undefined ? [] : [verdictLook(method.verdict.verdict).text]),
        method.experiment.question,
        method.family,
      ].join(' · '),
    ),
  };
}

/** `about 40 s`, `about 3 min`. */
function expectedTime(seconds: number): string {
  return seconds < 90 ? `about ${Math.max(1, Math.round(seconds))} s` : `about ${Math.round(seconds / 60)} min`;
}
