import { html } from '../dom.ts';
import { formatAmount, formatCount, formatDuration } from '../format.ts';
import type { RunRecord } from '../../runtime/runs/record.ts';

/** Where and with what the run was made, as its record tells. */
export function createEnvironmentTab(record: RunRecord): HTMLElement {
  const { backend, machine, versions, git, limits, experiment } = record;
  const groups: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
    [
      'Backend',
      [
        ['Tensor engine', backend.name === 'none' ? 'none' : `${backend.name} ${backend.version}`],
        ['Why this one', backend.reason],
        ...(backend.name === 'none' ? [] : [['Threads in each trial', formatCount(record.threads)] as const]),
      ],
    ],
    [
      'Run',
      [
        ['Id', record.id],
        ['Started', new Date(record.created).toLocaleString()],
        ['Arms', record.arms.join(', ')],
        ['Seeds', record.seeds.join(', ')],
        ['Trials at once', formatCount(record.jobs)],
        [
          'Limits of a trial',
          `${formatCount(limits.memoryMegabytes)} MB of memory, ${formatDuration(limits.trialSeconds)}`,
        ],
        ['When the editor closes', record.whenStarterExits === 'continue' ? 'goes on' : 'stops'],
      ],
    ],
    [
      'Code',
      [
        ['Experiment', experiment.file],
        ['SHA-256 of what ran', experiment.hash],
        ['Git commit', git ? `${git.commit}${git.dirty ? ', with uncommitted changes' : ''}` : 'not in a repository'],
      ],
    ],
    [
      'Machine',
      [
        ['Marginalia', versions.marginalia],
        ['Node', versions.node],
        ['Host', machine.host],
        ['Platform', machine.platform],
        ['Processor', `${machine.cpu}, ${formatAmount(machine.cores, 'core')}`],
        ['Memory', `${formatCount(machine.memoryMegabytes)} MB`],
        ['Process', String(record.pid)],
      ],
    ],
  ];
  return html(
    'section',
    { class: 'environment', 'aria-label': 'Environment' },
    ...groups.map(([title, facts]) =>
      html(
        'section',
        {},
        html('h2', {}, title),
        html('dl', {}, ...facts.map(([name, value]) => html('div', {}, html('dt', {}, name), html('dd', {}, value)))),
      ),
    ),
  );
}
