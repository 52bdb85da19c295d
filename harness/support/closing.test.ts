import { Closing, closeAfter } from './closing';

describe('Closing', () => {
  it('stops what was started last first', async () => {
    const stopped: string[] = [];
    const closing = new Closing();
    closing.add(() => void stopped.push('edge'));
    closing.add(() => void stopped.push('fleet'));
    await closing.close();
    expect(stopped).toEqual(['fleet', 'edge']);
  });

  it('stops everything once, however often it is closed', async () => {
    let stops = 0;
    const closing = new Closing();
    closing.add(() => void (stops += 1));
    await Promise.all([closing.close(), closing.close()]);
    await closing.close();
    expect(stops).toBe(1);
  });

  it('goes on after a failure and then tells it', async () => {
    let stopped = false;
    const closing = new Closing();
    closing.add(() => void (stopped = true));
    closing.add(() => Promise.reject(new Error('stuck')));
    await expect(closing.close()).rejects.toThrow('stuck');
    expect(stopped).toBe(true);
  });

  it('tells every failure when there are several', async () => {
    const closing = new Closing();
    closing.add(() => Promise.reject(new Error('one')));
    closing.add(() => Promise.reject(new Error('two')));
    await expect(closing.close()).rejects.toMatchObject({
      errors: [new Error('two'), new Error('one')],
      message: 'two\none',
    });
  });

  it('tells once what several things say, also of things that are several themselves', async () => {
    const parts = new Closing();
    const closing = new Closing();
    for (const each of [parts, parts, closing]) {
      each.add(() => Promise.reject(new Error('the daemon is gone')));
    }
    closing.add(() => parts.close());
    await expect(closing.close()).rejects.toThrow(/^the daemon is gone$/);
  });

  it('does not hide what failed before it', async () => {
    const failure = new Error('act 3 showed nothing');
    await expect(closeAfter(failure, () => Promise.resolve())).rejects.toBe(failure);
    await expect(closeAfter(failure, () => Promise.reject(new Error('stuck')))).rejects.toThrow(
      'act 3 showed nothing\nstuck',
    );
  });
});
