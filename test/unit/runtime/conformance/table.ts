import type * as Core from '@tensorflow/tfjs-core';
import type { Case } from './cases.ts';
import { engineNames, valuesOf, type EngineName } from './engines.ts';
import { webGpuFindings } from './webgpu-findings.ts';

type On<Name> = <T>(name: Name, work: (tf: typeof Core) => T) => Promise<T>;

const gradients = { flows: 'checked', none: '–', refused: 'refused by name' } as const;

/** A Markdown table of operations and engines: who computes, and what is known of the gradient. */
export async function engineTable(cases: readonly Case[], on: On<EngineName>): Promise<string> {
  const rows: string[][] = [];
  for (const operation of [...new Set(cases.map((test) => test.operation))].sort()) {
    const own = cases.filter((test) => test.operation === operation);
    const row = [`\`${operation}\``];
    for (const name of engineNames) row.push(await computedBy(own, name, on));
    row.push(webGpuFindings[operation] ?? 'own');
    const kinds = (['flows', 'refused', 'none'] as const).filter((kind) =>
      own.some(({ gradient }) => gradient === kind),
    );
    row.push(gradients[kinds[0]!]);
    rows.push(row);
  }
  const all = [['operation', ...engineNames, 'webgpu', 'gradient'], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |\n`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  return line(all[0]!) + rule + rows.map(line).join('');
}

/** Whether the engine's kernels computed the cases, or some or all were copied to the plain engine. */
export async function computedBy<Name extends string>(
  cases: readonly Case[],
  name: Name,
  on: On<Name>,
): Promise<'own' | 'by cpu' | 'in part by cpu'> {
  let borrowed = 0;
  for (const test of cases) {
    const { kernelNames } = await (await on(name, (tf) => ({ profile: tf.profile(() => run(tf, test)) }))).profile;
    const copied = await on(name, (tf) =>
      kernelNames.some((kernel) => {
        const registered = tf.getKernel(kernel, name) as Core.KernelConfig | undefined;
        return registered?.kernelFunc.name.startsWith('copiedFromCpu') ?? false;
      }),
    );
    if (copied) borrowed++;
  }
  if (borrowed === 0) return 'own';
  return borrowed === cases.length ? 'by cpu' : 'in part by cpu';
}

function run(tf: typeof Core, test: Case): Core.Tensor {
  return tf.tidy(() => {
    const inputs = test.inputs.map((input, i) =>
      tf.tensor([...valuesOf(input, i)], [...input.shape], input.dtype ?? 'float32'),
    );
    test.compute(tf, ...inputs);
    return tf.scalar(0);
  });
}
