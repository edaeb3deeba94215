import { Option, type Command } from 'commander';
import { basename } from 'node:path';
import type { BackendName, ExperimentDescription } from '../../runtime/runs/record.ts';
import type { StartOptions } from '../../runtime/runs/start.ts';
import type { Parameter, ParameterRecord } from '../../runtime/sdk/parameters.ts';
import { exitCodes } from '../exit-codes.ts';
import { Misuse } from '../misuse.ts';
import { collect, positive } from '../option-values.ts';
import { complain } from '../output.ts';
import { runsFolder } from '../workspace.ts';

interface RunOptions {
  readonly param?: readonly string[];
  readonly seeds?: number;
  readonly arm?: readonly string[];
  readonly backend: BackendName | 'auto';
  readonly jobs?: number;
  readonly memory?: number;
  readonly timeLimit?: number;
  readonly json?: true;
}

export function addRunCommand(program: Command, distribution: string): void {
  program
    .command('run')
    .description('Run an experiment and say whether its claim held. Ctrl-C stops it and keeps what it has logged.')
    .argument('<file|id>', "an experiment's file, or a method as `marginalia methods` lists it")
    .option('--param <name=value>', 'value of a parameter; may be given several times', collect)
    .option('--seeds <number>', "how many repetitions (default: the experiment's)", positive)
    .option('--arm <name>', 'run only this arm; may be given several times', collect)
    .addOption(
      new Option('--backend <name>', 'tensor engine')
        .choices(['auto', 'tensorflow', 'webgpu', 'wasm', 'cpu'])
        .default('auto'),
    )
    .option('--jobs <number>', 'how many trials side by side (default: as many as the machine has cores for)', positive)
    .option('--memory <megabytes>', 'what a trial may use of it (default: a fair share, at most 4096)', positive)
    .option('--time-limit <seconds>', 'how long a trial may take (default: a day)', positive)
    .option('--json', 'print {id, folder, outcome, seconds, backend, verdict, results, warnings, error} for machines')
    .action(async (fileOrId: string, options: RunOptions) => {
      process.exitCode = await run(distribution, fileOrId, options);
    });
}

async function run(distribution: string, fileOrId: string, options: RunOptions): Promise<number> {
  const [{ chooseExperiment, told }, { executeRun }, { startRun }, { progressOn }, { reportRun }] = await Promise.all([
    import('../experiment.ts'),
    import('../execute-run.ts'),
    import('../../runtime/runs/start.ts'),
    import('../progress.ts'),
    import('../report-run.ts'),
  ]);
  const experiment = await chooseExperiment(distribution, fileOrId);
  const start: StartOptions = {
    distribution,
    ...experiment,
    runsFolder: runsFolder(),
    backend: options.backend,
    ...(options.seeds === undefined ? {} : { seeds: options.seeds }),
    ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
    ...(options.memory === undefined ? {} : { memoryMegabytes: options.memory }),
    ...(options.timeLimit === undefined ? {} : { trialSeconds: options.timeLimit }),
    whenStarterExits: 'stop',
  };
  let chosen: Pick<StartOptions, 'params' | 'arms'> = {};
  if (options.param || options.arm) {
    // Checked here, where a slip of the pen is still wrong use and not a failed run.
    const { describeExperiment } = await import('../../runtime/runs/describe.ts');
    const described = await describeExperiment(experiment.file, { distribution });
    if ('error' in described) {
      complain(told(described.error));
      return exitCodes.failed;
    }
    chosen = {
      ...(options.param ? { params: parametersOf(described.description, options.param) } : {}),
      ...(options.arm ? { arms: armsOf(described.description, options.arm) } : {}),
    };
  }
  const label = experiment.displayFile?.replace('builtin:', '') ?? basename(experiment.file);
  const finished = await executeRun(() => startRun({ ...start, ...chosen }), progressOn(process.stderr, label));
  return reportRun(finished, options.json ?? false);
}

/** The values of `name=value`, each of its parameter's type. */
function parametersOf({ params }: ExperimentDescription, given: readonly string[]): ParameterRecord {
  return Object.fromEntries(
    given.map((each) => {
      const [name = '', ...rest] = each.split('=');
      if (rest.length === 0) throw new Misuse(`--param takes name=value, not "${each}".`);
      const parameter = params[name];
      if (!parameter)
        throw new Misuse(`there is no parameter "${name}". There are: ${Object.keys(params).join(', ')}.`);
      return [name, valueOf(name, parameter, rest.join('='))];
    }),
  );
}

function valueOf(name: string, parameter: Parameter, text: string): number | string | boolean {
  switch (parameter.type) {
    case 'choice':
      if (parameter.choices.includes(text)) return text;
      throw new Misuse(`${name} is one of ${parameter.choices.join(', ')}, not "${text}".`);
    case 'flag':
      if (text === 'true' || text === 'false') return text === 'true';
      throw new Misuse(`${name} is true or false, not "${text}".`);
    case 'int':
    case 'float': {
      const value = text.trim() === '' ? NaN : Number(text);
      const { type, min, max } = parameter;
      if (value >= min && value <= max && (type === 'float' || Number.isInteger(value))) return value;
      throw new Misuse(`${name} is a ${type === 'int' ? 'whole ' : ''}number from ${min} to ${max}, not "${text}".`);
    }
  }
}

function armsOf({ arms }: ExperimentDescription, given: readonly string[]): readonly string[] {
  const unknown = given.find((arm) => !(arm in arms));
  if (unknown === undefined) return given;
  throw new Misuse(`there is no arm "${unknown}". There are: ${Object.keys(arms).join(', ')}.`);
}
