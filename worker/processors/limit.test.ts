import { gate } from '../testing/rehearsal';
import { until } from '../testing/until';
import { Limit } from './limit';

const signal = new AbortController().signal;

describe('a limit', () => {
  it('lets so many run at a time, in their order', async () => {
    const limit = new Limit(2);
    const gates = [gate(), gate(), gate()];
    const began: number[] = [];
    const runs = gates.map((g, i) =>
      limit.run([signal], () => {
        began.push(i);
        return g.passed;
      }),
    );
    await Promise.resolve();
    expect(began).toEqual([0, 1]);
    gates[1]!.open();
    await until('the third began', () => began.length === 3);
    gates[0]!.open();
    gates[2]!.open();
    await Promise.all(runs);
  });

  it('lets the next one in after a failure', async () => {
    const limit = new Limit(1);
    await expect(limit.run([signal], () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await limit.run([signal], () => Promise.resolve('yes'))).toBe('yes');
  });

  it('keeps nobody waiting one of whose signals aborts, and tells why', async () => {
    const limit = new Limit(1);
    const first = gate();
    const running = limit.run([signal], () => first.passed);
    const stop = new AbortController();
    const waiting = limit.run([signal, stop.signal], () => Promise.resolve('never'));
    stop.abort(new Error('no time'));
    await expect(waiting).rejects.toThrow('no time');
    await expect(limit.run([stop.signal], () => Promise.resolve('never'))).rejects.toThrow('no time');
    first.open();
    await running;
    expect(await limit.run([signal], () => Promise.resolve('next'))).toBe('next');
  });
});
