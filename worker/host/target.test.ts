import { instanceMetadata } from '../../instance/metadata';
import { startMetadataServer } from '../../testing/metadata-server';
import { until } from '../testing/until';
import { nextTarget, spotInterruption, targetOf, type Target } from './target';

const state = 'autoscaling/target-lifecycle-state';
const notice = 'spot/instance-action';

describe('what is wanted of an instance', () => {
  it.each<[string, Readonly<Record<string, string>>, Target]>([
    ['to work, where no group says anything', {}, 'in-service'],
    ['to work, when its target state is InService', { [state]: 'InService' }, 'in-service'],
    ['to wait, when it is Warmed:Stopped', { [state]: 'Warmed:Stopped' }, 'warmed'],
    ['to wait, when it is Warmed:Running', { [state]: 'Warmed:Running' }, 'warmed'],
    ['to wait, when it is Warmed:Hibernated', { [state]: 'Warmed:Hibernated' }, 'warmed'],
    ['to go, when it is Terminated', { [state]: 'Terminated' }, 'terminated'],
    ['to go, when it is Warmed:Terminated', { [state]: 'Warmed:Terminated' }, 'terminated'],
    ['to go, when there is a spot notice', { [state]: 'InService', [notice]: '{}' }, 'spot-interruption'],
  ])('is %s', async (_, values, expected) => {
    await using server = await startMetadataServer(values);
    expect(await targetOf(instanceMetadata(server.endpoint))).toBe(expected);
  });
});

describe('the next thing that is wanted of an instance', () => {
  const watch = (endpoint: string, signal: AbortSignal) =>
    nextTarget('in-service', {
      metadata: instanceMetadata(endpoint),
      intervalMs: 5,
      failed: () => undefined,
      signal,
    });

  it.each([
    ['its target state becomes Terminated', state, 'Terminated', 'terminated'],
    ['its target state becomes Warmed:Stopped', state, 'Warmed:Stopped', 'warmed'],
    ['a spot notice appears', notice, '{"action":"terminate"}', 'spot-interruption'],
  ])('is seen when %s', async (_, path, value, expected) => {
    await using server = await startMetadataServer({ [state]: 'InService' });
    let seen: Target | undefined;
    const watching = watch(server.endpoint, new AbortController().signal).then((target) => (seen = target));
    await until('it was asked several times', () => server.reads() > 6);
    expect(seen).toBeUndefined();
    server.values.set(path, value);
    await watching;
    expect(seen).toBe(expected);
  });

  it('is not waited for after the signal aborted', async () => {
    await using server = await startMetadataServer({});
    const stop = new AbortController();
    const watching = watch(server.endpoint, stop.signal);
    stop.abort();
    expect(await watching).toBeUndefined();
  });

  it('is watched on when the service fails, which is told once', async () => {
    const stop = new AbortController();
    const told: unknown[] = [];
    let asked = 0;
    const metadata = {
      read: () => {
        asked += 1;
        return Promise.reject(new Error('no answer'));
      },
    };
    const watching = nextTarget('in-service', {
      metadata,
      intervalMs: 1,
      failed: (error) => told.push(error),
      signal: stop.signal,
    });
    await until('it was asked thrice', () => asked >= 3);
    stop.abort();
    await watching;
    expect(told).toHaveLength(1);
  });
});

describe('a spot notice', () => {
  it('is seen alone, whatever the group wants of the instance', async () => {
    await using server = await startMetadataServer({ [state]: 'Terminated' });
    const options = {
      metadata: instanceMetadata(server.endpoint),
      intervalMs: 5,
      failed: () => undefined,
      signal: new AbortController().signal,
    };
    const noticed = spotInterruption(options);
    await until('it was asked several times', () => server.reads() > 3);
    server.values.set(notice, '{"action":"terminate"}');
    expect(await noticed).toBe(true);
    expect(await spotInterruption({ ...options, signal: AbortSignal.abort() })).toBe(false);
  });
});
