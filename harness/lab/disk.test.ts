import { tmpdir } from 'node:os';
import { setImmediate } from 'node:timers/promises';

import { refuseFullDisk, watchDisk } from './disk';

const moreThanThereIs = 2 ** 60;

describe('the disk of a lab', () => {
  it('must have room at the start, and says how much it has', async () => {
    await refuseFullDisk(tmpdir(), 1);
    await expect(refuseFullDisk(tmpdir(), moreThanThereIs)).rejects.toThrow(
      /has \d+ MB free; a lab needs 1099511627776 MB\. Free some/,
    );
  });

  it('is told of once when it has become full, and not while it has room', async () => {
    const told: string[] = [];
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const stopOther = watchDisk(tmpdir(), () => told.push('the one with room'), 0);
    const stop = watchDisk(
      tmpdir(),
      ({ message }) => {
        told.push(message);
        resolve(undefined);
      },
      moreThanThereIs,
    );
    await promise;
    await setImmediate();
    stop();
    stopOther();
    expect(told).toEqual([expect.stringMatching(/^The disk of .* is full: \d+ MB are free\. Free some/)]);
  });
});
