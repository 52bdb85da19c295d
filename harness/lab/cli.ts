import { join, resolve } from 'node:path';

import { Command, InvalidArgumentError, Option } from 'commander';

import { WallClock } from '../fleet/clock';
import { messageOf } from '../support/message-of';
import { type BackendName, backendNames } from './backend';
import { printError, printTry } from './commands/print';
import { playCommand } from './commands/play';
import { eachInstance, logs, status, terminate } from './commands/standing';
import { up } from './commands/up';
import { failureExitCode, interruptSignal } from './interrupt';
import { Narrator } from './narrator';
import { StandingLab } from './standing-lab';

const project = resolve('.');
const standingFolder = join(project, '.lab', 'standing');
const usualPort = 4566;

function port(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0 || number > 65_535) {
    throw new InvalidArgumentError('A port is a whole number from 0 (any free one) to 65535.');
  }
  return number;
}

function timeFactor(value: string): number {
  try {
    return new WallClock(Number(value)).factor;
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
}

const timeFactorOption = [
  '--time-factor <factor>',
  'by how much periods, cooldowns, warm-ups and the like are compressed',
  timeFactor,
] as const;

const backendOption = (): Option =>
  new Option(
    '--backend <backend>',
    'what it runs on; without it, containers where a Docker daemon answers, else processes',
  ).choices(backendNames);

interface Options {
  readonly json?: boolean;
}

interface StartOptions extends Options {
  readonly port: number;
  readonly timeFactor: number;
  readonly backend?: BackendName;
}

/** Runs one command, prints what it found or why it failed, and sets the exit code. */
async function run(options: Options, command: (signal: AbortSignal) => Promise<boolean>): Promise<void> {
  const signal = interruptSignal();
  try {
    process.exitCode = (await command(signal)) ? 0 : failureExitCode(signal);
  } catch (error) {
    printError(error, options.json === true);
    process.exitCode = failureExitCode(signal);
  }
}

function print(options: Options, value: unknown, text: string): true {
  console.log(options.json === true ? JSON.stringify(value, undefined, 2) : text);
  return true;
}

const program = new Command('npm run lab --')
  .description('Applies the real Terraform to a local emulator and plays the acts of the lab on it.')
  .option('--json', 'print the result as JSON; what goes on is told on standard error')
  .option('--port <port>', 'port of the endpoint on 127.0.0.1', port, 0)
  .option(...timeFactorOption, 20)
  .addOption(backendOption())
  // Else the program takes --json and --port from behind the name of a command.
  .enablePositionalOptions()
  .showHelpAfterError()
  .action((options: StartOptions) => run(options, (signal) => playCommand({ ...options, project, signal })));

program
  .command('up')
  .description('set up a lab and leave it running')
  .option('--json', 'print endpoint and outputs as JSON')
  .option('--port <port>', 'port of the endpoint on 127.0.0.1', port, usualPort)
  .option(...timeFactorOption, 1)
  .addOption(backendOption())
  .action((options: StartOptions) =>
    run(options, async (signal) => {
      const narrator = new Narrator(process.stdout, process.stderr);
      const lab = await up({
        project,
        folder: standingFolder,
        port: options.port,
        timeFactor: options.timeFactor,
        backend: options.backend,
        signal,
        onProgress: narrator.step,
      });
      const { endpoint, outputs, site } = lab.record;
      return print(options, { endpoint, site, outputs }, printTry(lab.record));
    }),
  );

program
  .command('status')
  .description('what the lab that was left running is made of and how it is')
  .option('--json', 'print it as JSON')
  .action((options: Options) =>
    run(options, async () => {
      const { value, text } = await status(await StandingLab.find(standingFolder));
      return print(options, value, text);
    }),
  );

program
  .command('logs')
  .description("the worker's log and the console of an instance, or of every one")
  .argument('[instance]', 'instance id; every running instance when left out')
  .option('--json', 'print them as JSON')
  .action((instance: string | undefined, options: Options) =>
    run(options, async () => {
      const { value, text } = await logs(await StandingLab.find(standingFolder), instance);
      return print(options, value, text);
    }),
  );

for (const [name, action, description, told] of [
  [
    'kill-worker',
    'kill-worker',
    'kill the worker process (SIGKILL) and keep it down',
    'killed and kept down',
  ],
  ['start-worker', 'start-worker', 'start the worker again', 'started'],
] as const) {
  program
    .command(name)
    .description(description)
    .argument('[instance]', 'instance id; every running instance when left out')
    .option('--json', 'print what was done as JSON')
    .action((instance: string | undefined, options: Options) =>
      run(options, async () => {
        const instances = await eachInstance(await StandingLab.find(standingFolder), instance, action);
        return print(
          options,
          { instances, done: action },
          instances.map((id) => `${id}: worker ${told}`).join('\n'),
        );
      }),
    );
}

program
  .command('terminate')
  .description('terminate an instance (EC2 TerminateInstances); its group replaces it')
  .argument('[instance]', 'instance id; the oldest of the worker group when left out')
  .option('--json', 'print which one as JSON')
  .action((instance: string | undefined, options: Options) =>
    run(options, async () => {
      const instanceId = await terminate(await StandingLab.find(standingFolder), instance);
      return print(options, { instanceId }, `${instanceId}: terminated`);
    }),
  );

program
  .command('down')
  .description('stop the lab that was left running and remove all it wrote')
  .option('--json', 'print what was stopped as JSON')
  .action((options: Options) =>
    run(options, async (signal) => {
      const lab = await StandingLab.findAny(standingFolder);
      await lab.takeDown(signal);
      const { endpoint, ended } = lab.record;
      const text =
        lab.end === undefined ? `the lab at ${endpoint} is down` : `${lab.end}\nWhat it had left is removed.`;
      return print(options, { stopped: endpoint, ended }, text);
    }),
  );

void program.parseAsync();
