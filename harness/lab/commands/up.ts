import { fork } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { readApp } from '../../terraform/synthesize';
import { refuseFullDisk } from '../disk';
import { type KeeperOrder, keeperMessage } from '../keeper-messages';
import { NoLabError, StandingLab } from '../standing-lab';

/** Where to set up a lab that stays, and who hears of it. */
export interface UpOptions extends KeeperOrder {
  readonly onProgress: (message: string) => void;
  readonly signal: AbortSignal;
}

async function refuseSecond(folder: string): Promise<void> {
  try {
    const standing = await StandingLab.findAny(folder);
    if (!standing.isAlive()) {
      await standing.removeRemains();
      return;
    }
    throw new Error(
      `A lab stands already at ${standing.record.endpoint}. Use it, or stop it first with: npm run lab -- down`,
    );
  } catch (error) {
    if (!(error instanceof NoLabError)) {
      throw error;
    }
  }
}

/**
 * Sets up a lab in a process of its own that outlives this one.
 *
 * @throws Error when one stands already, or with the reason why it could not be set up; nothing is left running then.
 */
export async function up({ onProgress, signal, ...order }: UpOptions): Promise<StandingLab> {
  await refuseSecond(order.folder);
  // The keeper would say so too, and leave its log behind.
  await readApp(order.project);
  await refuseFullDisk(order.folder);
  await mkdir(order.folder, { recursive: true });
  const log = openSync(join(order.folder, 'keeper.log'), 'a');
  const keeper = fork(join(__dirname, '../keeper'), [JSON.stringify(order)], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const giveUp = (): void => {
    keeper.disconnect();
  };
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      keeper.on('message', (raw) => {
        const message = keeperMessage.parse(raw);
        switch (message.kind) {
          case 'progress':
            onProgress(message.message);
            break;
          case 'standing':
            resolve();
            break;
          case 'failed':
            reject(new Error(message.message));
            break;
        }
      });
      keeper.once('error', reject);
      keeper.once('exit', (code, killedBy) => {
        reject(
          signal.aborted
            ? (signal.reason as Error)
            : new Error(`The lab's keeper ended by itself (${killedBy ?? `exit code ${code ?? '?'}`}).`),
        );
      });
    });
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
  keeper.unref();
  return StandingLab.find(order.folder);
}
