import { mkdir, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { Edge } from '../../edge/edge';
import { processBackend } from '../../emulator/process';
import { bodyEnvironment } from '../../emulator/python-environment';
import { Closing, closeAfter } from '../../support/closing';
import { namespaceBodies } from '../bodies/namespaces';
import { WallClock } from '../clock';
import { Fleet } from '../fleet';
import { everyRight } from './rights';

/** The emulator, the edge and the fleet, with nothing applied: for what needs real instances and no Terraform. */
export interface Room {
  readonly endpoint: string;
  readonly edge: Edge;
  readonly fleet: Fleet;
  /** Folder with the AWS CLI. */
  readonly programs: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** @param place folder for all that it writes; it is removed at the end. */
export async function openRoom(place: string, region: string): Promise<Room> {
  const folder = resolve(place);
  const closing = new Closing();
  const onProgress = (): void => undefined;
  try {
    await mkdir(folder, { recursive: true });
    closing.add(() => rm(folder, { recursive: true, force: true }));
    const edge = await Edge.start();
    closing.add(() => edge.close());
    const emulator = await processBackend.start({
      folder: join(folder, 'localstack'),
      publicUrl: edge.url,
      onProgress,
    });
    closing.add(() => emulator.stop());
    edge.forwardTo(emulator.url);
    const python = await bodyEnvironment({ onProgress });
    const fleet = Fleet.start({
      edge,
      region,
      bodies: namespaceBodies({ folder: join(folder, 'instances'), python }),
      rights: everyRight,
      clock: new WallClock(),
      onError: (error) => {
        console.error(error);
      },
    });
    closing.add(() => fleet.close());
    return {
      endpoint: edge.url,
      edge,
      fleet,
      programs: dirname(python.python),
      [Symbol.asyncDispose]: () => closing.close(),
    };
  } catch (error) {
    return closeAfter(error, () => closing.close());
  }
}
