import { until } from '../testing/until';
import { ScaleInProtection, type SetProtection } from './scale-in-protection';

/** A group that takes every call and remembers it. */
const into =
  (calls: boolean[]): SetProtection =>
  (value) => {
    calls.push(value);
    return Promise.resolve(true);
  };

function start(set: SetProtection, failed: (error: unknown) => void = () => undefined) {
  return new ScaleInProtection({ set, failed, afterMs: 5, releaseAfterMs: 5 });
}

describe('scale-in protection', () => {
  it('is set once while the instance is busy, and cleared when it is idle', async () => {
    const calls: boolean[] = [];
    const protection = start(into(calls));
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
      set: into(calls),
      failed: () => undefined,
    });
    for (let i = 0; i < 100; i += 1) {
      protection.running(1);
      protection.running(0);
    }
    await protection.stop();
    expect(calls).not.toContain(true);
  });

  it('is cleared by an idle worker when the one before it was killed at work', async () => {
    const calls: boolean[] = [];
    const killed = start(into(calls));
    killed.running(1);
    await until('it is protected', () => calls.length === 1);
    const again = start(into(calls));
    again.running(0);
    await until('it is free', () => calls.length === 2);
    await again.stop();
    expect(calls).toEqual([true, false]);
  });

  it('is asked for again, without a word, while no group could choose the instance', async () => {
    let asked = 0;
    const failures: unknown[] = [];
    const protection = start(
      () => Promise.resolve((asked += 1) === 3),
      (error) => failures.push(error),
    );
    protection.running(0);
    await until('it is set', () => asked === 3);
    await protection.stop();
    expect(asked).toBe(3);
    expect(failures).toEqual([]);
  });

  it('is tried again after calls that failed, which are told once', async () => {
    const calls: boolean[] = [];
    const failures: unknown[] = [];
    const protection = start(
      (value) => {
        calls.push(value);
        return calls.length < 3 ? Promise.reject(new Error('throttled')) : Promise.resolve(true);
      },
      (error) => failures.push(error),
    );
    protection.running(1);
    await until('it was tried thrice', () => calls.length === 3);
    expect(failures).toHaveLength(1);
    await protection.stop();
    expect(calls).toEqual([true, true, true, false]);
  });

  it('is cleared when the worker stops', async () => {
    const calls: boolean[] = [];
    const protection = start(into(calls));
    protection.running(1);
    await until('it is protected', () => calls.length === 1);
    await protection.stop();
    expect(calls).toEqual([true, false]);
  });
});
