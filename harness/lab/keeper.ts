import { randomBytes } from 'node:crypto';

import { watchEmulator } from '../emulator/localstack';
import { closeAfter } from '../support/closing';
import { messageOf } from '../support/message-of';
import { ownerName } from '../support/owner';
import { Control } from './control';
import { interruptSignal } from './interrupt';
import { type KeeperMessage, keeperOrder } from './keeper-messages';
import { startLab } from './lab';
import { siteAddress } from './site';
import { closeEnded, writeRecord } from './standing-lab';
import { storyEnvironment } from './story';

function tell(message: KeeperMessage): void {
  if (process.connected) {
    process.send?.(message);
  } else if (message.kind === 'progress') {
    // Its keeper.log: `lab up` has returned.
    console.error(message.message);
  }
}

function disconnect(): void {
  if (process.connected) {
    process.disconnect();
  }
}

/**
 * Keeps a lab standing after `lab up` has returned. When the channel to `lab up` closes before the lab stands, the
 * person has given up, and so does the keeper.
 */
async function keep(): Promise<void> {
  const order = keeperOrder.parse(JSON.parse(process.argv[2] ?? ''));
  const givenUp = new AbortController();
  const giveUp = (): void => {
    givenUp.abort(new Error('lab up was interrupted'));
  };
  process.once('disconnect', giveUp);
  const signal = AbortSignal.any([interruptSignal(), givenUp.signal]);

  const lab = await startLab({
    ...order,
    environment: storyEnvironment(),
    signal,
    onProgress: (message) => {
      tell({ kind: 'progress', message });
    },
  });

  const token = randomBytes(16).toString('hex');
  /** Resolves when the lab is told to stop, or with why it cannot go on. */
  const over = new Promise<Error | undefined>((resolve) => {
    const stop = (): void => {
      resolve(undefined);
    };
    signal.addEventListener('abort', stop);
    lab.edge.control(new Control(lab, token, stop).handle);
    watchEmulator(lab.emulator, resolve);
  });
  const record = {
    endpoint: lab.endpoint,
    token,
    owner: ownerName(),
    timeFactor: lab.clock.factor,
    outputs: lab.outputs,
    site: siteAddress(lab),
  };
  try {
    await writeRecord(order.folder, record);
  } catch (error) {
    return closeAfter(error, () => lab.close());
  }
  tell({ kind: 'standing' });
  process.off('disconnect', giveUp);
  disconnect();
  const why = await over;
  await (why === undefined ? lab.close() : closeEnded(lab, record, why));
}

keep().catch((error: unknown) => {
  console.error(error);
  tell({ kind: 'failed', message: messageOf(error) });
  disconnect();
  process.exitCode = 1;
});
