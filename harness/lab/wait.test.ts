import { NotSeenError, eventually } from './wait';

describe('eventually', () => {
  it('looks until there is something to see', async () => {
    let looks = 0;
    const seen = await eventually('three looks', () => {
      looks += 1;
      return looks === 3 ? 'third' : undefined;
    });
    expect(seen).toBe('third');
    expect(looks).toBe(3);
  });

  it('says what it did not see, and what was there instead', async () => {
    const waiting = eventually('a whale', () => false, { seconds: 0, instead: () => 'a herring' });
    await expect(waiting).rejects.toThrow(
      new NotSeenError('did not see a whale within 0 s; instead: a herring'),
    );
  });

  it('takes an empty string and zero for something seen', async () => {
    expect(await eventually('an empty log', () => '')).toBe('');
    expect(await eventually('an empty queue', () => 0)).toBe(0);
  });

  it('ends at once when the signal is aborted', async () => {
    const interrupted = new Error('Ctrl-C');
    const waiting = eventually('anything', () => undefined, { signal: AbortSignal.abort(interrupted) });
    await expect(waiting).rejects.toBe(interrupted);
  });

  it('passes on what the look itself throws', async () => {
    const waiting = eventually('an answer', () => Promise.reject(new Error('bucket is gone')));
    await expect(waiting).rejects.toThrow('bucket is gone');
  });
});
