import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { z } from 'zod';

import type { DeniedCall } from '../access/history';
import { allOf } from '../support/closing';
import { messageOf } from '../support/message-of';
import { hasDied } from '../support/owner';
import { removeFolder } from '../support/remove';
import { type InstanceAction, type InstanceStatus, tokenHeader } from './control';
import type { Lab } from './lab';
import { labOutputs } from './outputs';
import { eventually } from './wait';

/** What a command is told when no lab answers. */
export class NoLabError extends Error {
  override readonly name = 'NoLabError';
}

const record = z.object({
  endpoint: z.string(),
  token: z.string(),
  /** Names the process that keeps it. */
  owner: z.string(),
  /** By how much AWS's durations are compressed; 1 is real time. */
  timeFactor: z.number(),
  outputs: labOutputs,
  /** Where the site is reached on this machine, where there is one. */
  site: z.string().optional(),
  /** Why it ended, where nobody had asked it to. */
  ended: z.string().optional(),
});

/** What `lab up` leaves for the commands that follow. */
export type LabRecord = z.infer<typeof record>;

const recordFile = (folder: string): string => join(folder, 'lab.json');

/** Writes the record, readable by its owner only: the token in it is what the control asks for. */
export async function writeRecord(folder: string, lab: LabRecord): Promise<void> {
  await writeFile(recordFile(folder), JSON.stringify(lab, undefined, 2), { mode: 0o600 });
}

/**
 * Closes a lab whose LocalStack has ended. Of its folder two files stay for the commands that follow: the record, which
 * says why, and LocalStack's log.
 */
export async function closeEnded(
  lab: Pick<Lab, 'folder' | 'emulator' | 'close'>,
  told: LabRecord,
  why: Error,
): Promise<void> {
  const { logFile } = lab.emulator;
  const log = await readFile(logFile).catch(() => '');
  const failure = await lab.close().then(
    () => why,
    (another: unknown) => allOf([why, another]),
  );
  await mkdir(dirname(logFile), { recursive: true });
  await writeFile(logFile, log);
  await writeRecord(lab.folder, { ...told, ended: messageOf(failure) });
}

async function readRecord(folder: string): Promise<LabRecord | undefined> {
  let content: string;
  try {
    content = await readFile(recordFile(folder), 'utf8');
  } catch {
    return undefined;
  }
  return record.parse(JSON.parse(content));
}

const answers = z.object({ message: z.string() });
const logs = z.object({ log: z.string(), console: z.string() });
const denials: z.ZodType<DeniedCall[]> = z.array(
  z.object({
    principal: z.string(),
    action: z.string(),
    resource: z.string(),
    message: z.string(),
    count: z.number(),
  }),
);
const instances: z.ZodType<InstanceStatus[]> = z.array(
  z.object({
    instanceId: z.string(),
    zone: z.string(),
    state: z.string(),
    groupName: z.string().optional(),
    worker: z.enum(['active', 'down', 'none']),
  }),
);

/** A lab that `lab up` left running, as the other commands talk to it. */
export class StandingLab {
  private constructor(
    readonly folder: string,
    readonly record: LabRecord,
  ) {}

  /**
   * Finds the lab that a folder tells of, whether it stands or only left something.
   *
   * @throws NoLabError when there is none.
   */
  static async findAny(folder: string): Promise<StandingLab> {
    const found = await readRecord(folder);
    if (found === undefined) {
      throw new NoLabError(`No lab stands in ${folder}. Start one with: npm run lab -- up`);
    }
    return new StandingLab(folder, found);
  }

  /**
   * Finds the lab that stands in a folder.
   *
   * @throws NoLabError when there is none, or one that has ended by itself, with why.
   */
  static async find(folder: string): Promise<StandingLab> {
    const found = await StandingLab.findAny(folder);
    if (found.end !== undefined) {
      throw new NoLabError(`${found.end}\nStart a new one with: npm run lab -- up`);
    }
    return found;
  }

  /** How it ended, where nobody had asked it to. */
  get end(): string | undefined {
    const { endpoint, ended } = this.record;
    return ended === undefined ? undefined : `The lab at ${endpoint} has ended: ${ended}`;
  }

  async instances(): Promise<InstanceStatus[]> {
    return instances.parse(await this.ask('GET', 'instances'));
  }

  /** What was refused so far. */
  async denials(): Promise<DeniedCall[]> {
    return denials.parse(await this.ask('GET', 'denials'));
  }

  async log(instanceId: string): Promise<{ log: string; console: string }> {
    return logs.parse(await this.ask('POST', `instances/${instanceId}/log`));
  }

  async act(instanceId: string, action: InstanceAction): Promise<void> {
    await this.ask('POST', `instances/${instanceId}/${action}`);
  }

  /**
   * Stops the lab and waits until its process is gone; it removes its folder as the last thing it does. A lab that
   * ended in another way leaves its folder, which is removed here.
   */
  async takeDown(signal: AbortSignal): Promise<void> {
    if (this.isAlive()) {
      await this.ask('POST', 'shutdown');
      await eventually('the lab stop', () => !this.isAlive(), { signal });
    }
    await this.removeRemains();
  }

  /** Whether it has not ended by itself, and the process that keeps it is alive. */
  isAlive(): boolean {
    return this.end === undefined && !hasDied(this.record.owner);
  }

  /** Removes what a lab that ended by itself, or died without a chance to clean up, has left in its folder. */
  async removeRemains(): Promise<void> {
    await removeFolder(this.folder);
  }

  private async ask(method: 'GET' | 'POST', path: string): Promise<unknown> {
    let response: Response;
    try {
      response = await fetch(`${this.record.endpoint}/_lab/${path}`, {
        method,
        headers: { [tokenHeader]: this.record.token },
      });
    } catch (cause) {
      throw new NoLabError(
        `The lab in ${this.folder} does not answer at ${this.record.endpoint}. Clean up with: npm run lab -- down`,
        { cause },
      );
    }
    const answer: unknown = await response.json();
    if (!response.ok) {
      throw new Error(answers.parse(answer).message);
    }
    return answer;
  }
}
