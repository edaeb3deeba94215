import type { FigureState, RunState } from '../../runs/state.ts';
import { escapeText } from './escape.ts';
import { figureDrawing } from './figure/figure-drawing.ts';
import { writeAmount } from './number.ts';

/** The figures by name: of each arm that of its first seed, side by side; those of the other seeds can be unfolded. */
export function* figuresSection({ figures, trials }: RunState): Generator<string> {
  if (figures.length === 0) return;
  yield '<section aria-labelledby="figures"><h2 id="figures">Figures</h2>';
  const place = new Map(trials.map(({ trial }, index) => [trial, index]));
  const armOf = new Map(trials.map(({ trial, arm }) => [trial, arm]));
  const sorted = [...figures].sort((one, other) => (place.get(one.trial) ?? 0) - (place.get(other.trial) ?? 0));
  let number = 0;
  for (const name of new Set(figures.map((figure) => figure.name))) {
    const shown: FigureState[] = [];
    const folded: FigureState[] = [];
    const arms = new Set<string | undefined>();
    for (const figure of sorted.filter((candidate) => candidate.name === name)) {
      const arm = armOf.get(figure.trial);
      (arms.has(arm) ? folded : shown).push(figure);
      arms.add(arm);
    }
    yield `<h3>${escapeText(name)}</h3><div class="figures">`;
    for (const figure of shown) yield drawn(`figure-${number++}`, figure);
    yield '</div>';
    if (folded.length === 0) continue;
    yield `<details><summary>Other seeds (${writeAmount(folded.length, 'figure')})</summary><div class="figures">`;
    for (const figure of folded) yield drawn(`figure-${number++}`, figure);
    yield '</div></details>';
  }
  yield '</section>';
}

function drawn(id: string, { trial, figure }: FigureState): string {
  const [arm = trial, seed] = trial.split('#');
  const whose = seed === undefined ? arm : `${arm}, seed ${seed}`;
  return `<figure>${figureDrawing(id, figure)}<figcaption>${escapeText(`${figure.title} (${whose})`)}</figcaption></figure>`;
}
