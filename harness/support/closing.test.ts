import { Closing } from './closing';

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
    await expect(closing.close()).rejects.toMatchObject({ errors: [new Error('two'), new Error('one')] });
  });
});
