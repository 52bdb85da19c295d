import pc from 'picocolors';

import { type DeniedCall, describeDenials } from '../access/history';
import { tellFactor } from '../fleet/clock';
import type { SetUpStep } from './lab';
import type { ActReport } from './play';

const width = 24;

/** Tells a person what goes on. Everything but the closing table goes to standard error, so that `--json` stays clean. */
export class Narrator {
  private readonly started = performance.now();

  constructor(
    private readonly out: NodeJS.WritableStream,
    private readonly progress: NodeJS.WritableStream,
  ) {}

  /** A step of something that takes long. */
  readonly step = (message: string): void => {
    this.progress.write(`${pc.dim(this.clock())} ${message}\n`);
  };

  readonly heading = (text: string): void => {
    this.progress.write(`\n${pc.bold(text)}\n`);
  };

  readonly seen = (text: string): void => {
    this.progress.write(`${pc.dim(this.clock())} ${pc.green('seen')} ${text}\n`);
  };

  readonly failed = (text: string): void => {
    this.progress.write(`${pc.dim(this.clock())} ${pc.red('FAILED')} ${text}\n`);
  };

  readonly notPlayed = (text: string): void => {
    this.progress.write(`${pc.dim(this.clock())} ${pc.yellow('NOT PLAYED')} ${text}\n`);
  };

  /** The closing table: each act, what it must show, whether that was seen, and how long it took. */
  table(setUp: readonly SetUpStep[], reports: readonly ActReport[], timeFactor: number): void {
    const total = setUp.reduce((sum, { seconds }) => sum + seconds, 0);
    const compressed = tellFactor(timeFactor);
    const steps = setUp.map(({ name, seconds }) => `${name} ${seconds.toFixed(1)} s`).join(', ');
    this.out.write(
      `\n${'set up'.padEnd(width)}${pc.green('done  ')} ${`${total.toFixed(1)} s`.padStart(8)}  ${steps}\n`,
    );
    if (compressed !== undefined) {
      this.out.write(`${'time'.padEnd(width)}${compressed}\n`);
    }
    for (const report of reports) {
      const { error, lack } = report;
      const verdict =
        error !== undefined
          ? pc.red('FAILED')
          : lack !== undefined
            ? pc.yellow('LACKS ')
            : pc.green('seen  ');
      const seconds = `${report.seconds.toFixed(1)} s`.padStart(8);
      this.out.write(
        `${`act ${report.number} ${report.name}`.padEnd(width)}${verdict} ${seconds}  ${report.story}\n`,
      );
      const why = error ?? (lack === undefined ? undefined : `not played: ${lack}`);
      for (const line of why === undefined ? report.seen : [why]) {
        this.out.write(`${' '.repeat(width)}${pc.dim('·')} ${line}\n`);
      }
    }
  }

  /** What was refused, where anything was. */
  denials(denied: readonly DeniedCall[]): void {
    for (const line of describeDenials(denied)) {
      this.out.write(`${'denied'.padEnd(width)}${line}\n`);
    }
  }

  private clock(): string {
    return `${((performance.now() - this.started) / 1_000).toFixed(1).padStart(6)}s`;
  }
}
