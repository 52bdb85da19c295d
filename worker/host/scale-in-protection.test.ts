import { until } from '../testing/until';
import { ScaleInProtection } from './scale-in-protection';

function start(
  set: (isProtected: boolean) => Promise<void>,
  failed: (error: unknown) => void = () => undefined,
) {
  return new ScaleInProtection({ set, failed, afterMs: 5, releaseAfterMs: 5 });
}

describe('scale-in protection', () => {
  it('is set once while the instance is busy, and cleared when it is idle', async () => {
    const calls: boolean[] = [];
    const protection = start((value) => Promise.resolve(void calls.push(value)));
    protection.running(1);
    await until('it is protected', () => calls.length === 1);
    protection.running(2);
    protection.running(1);
    protection.running(0);
    await until('it is free', () => calls.length === 2);
    expect(calls).toEqual([true, false]);
    await protection.stop();
    expect(calls).toHaveLength(2);
  });

  it('is not set for short work', async () => {
    const calls: boolean[] = [];
    const protection = new ScaleInProtection({
      set: (value) => Promise.resolve(void calls.push(value)),
      failed: () => undefined,
    });
    for (let i = 0; i < 100; i += 1) {
      protection.running(1);
      protection.running(0);
    }
    await protection.stop();
    expect(calls).toEqual([]);
  });

  it('is tried again after a call that failed', async () => {
    const calls: boolean[] = [];
    const failures: unknown[] = [];
    const protection = start(
      (value) => {
        calls.push(value);
        return calls.length === 1 ? Promise.reject(new Error('throttled')) : Promise.resolve();
      },
      (error) => failures.push(error),
    );
    protection.running(1);
    await until('it was tried twice', () => calls.length === 2);
    expect(failures).toHaveLength(1);
    await protection.stop();
    expect(calls).toEqual([true, true, false]);
  });

  it('is cleared when the worker stops', async () => {
    const calls: boolean[] = [];
    const protection = start((value) => Promise.resolve(void calls.push(value)));
    protection.running(1);
    await until('it is protected', () => calls.length === 1);
    await protection.stop();
    expect(calls).toEqual([true, false]);
  });
});
