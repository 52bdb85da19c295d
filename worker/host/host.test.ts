import { startMetadataServer } from '../../testing/metadata-server';
import { until } from '../testing/until';
import { departureOf, spotInterruption, type Departure } from './departure';
import { drainOnDeparture } from './drain';
import { createLogger } from '../../instance/logger';
import { instanceMetadata } from '../../instance/metadata';

describe('the departure of an instance', () => {
  const watch = (endpoint: string, signal: AbortSignal, failed: (error: unknown) => void = () => undefined) =>
    departureOf({ metadata: instanceMetadata(endpoint), intervalMs: 5, failed, signal });

  it.each([
    ['its target state becomes Terminated', 'autoscaling/target-lifecycle-state', 'Terminated', 'terminated'],
    ['a spot notice appears', 'spot/instance-action', '{"action":"terminate"}', 'spot-interruption'],
  ])('is seen when %s', async (_, path, value, expected) => {
    await using server = await startMetadataServer({ 'autoscaling/target-lifecycle-state': 'InService' });
    let seen: Departure | undefined;
    const watching = watch(server.endpoint, new AbortController().signal).then(
      (departure) => (seen = departure),
    );
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
    const server = await startMetadataServer({});
    await server[Symbol.asyncDispose]();
    const stop = new AbortController();
    const told: unknown[] = [];
    let asked = 0;
    const metadata = {
      read: () => {
        asked += 1;
        return Promise.reject(new Error('no answer'));
      },
    };
    const watching = departureOf({
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
    await using server = await startMetadataServer({ 'autoscaling/target-lifecycle-state': 'Terminated' });
    const options = {
      metadata: instanceMetadata(server.endpoint),
      intervalMs: 5,
      failed: () => undefined,
      signal: new AbortController().signal,
    };
    const noticed = spotInterruption(options);
    await until('it was asked several times', () => server.reads() > 3);
    server.values.set('spot/instance-action', '{"action":"terminate"}');
    expect(await noticed).toBe(true);
    expect(await spotInterruption({ ...options, signal: AbortSignal.abort() })).toBe(false);
  });

  it('shortens a drain for the group: the instance is gone in two minutes', async () => {
    const limits: number[] = [];
    const shortened = Promise.withResolvers<undefined>();
    await drainOnDeparture({
      region: 'us-east-2',
      autoScalingGroupName: 'workers',
      lifecycleHookName: 'drain',
      terminationDrainSeconds: 3600,
      metadata: {
        read: (path) => {
          if (path === 'instance-id') throw new Error('the group is not told in this test');
          return Promise.resolve(path === 'spot/instance-action' ? '{"action":"terminate"}' : 'Terminated');
        },
      },
      stop: async ({ drainSeconds }) => {
        limits.push(drainSeconds);
        if (drainSeconds < 3600) shortened.resolve(undefined);
        await shortened.promise;
      },
      log: createLogger('silent'),
      signal: new AbortController().signal,
    });
    expect(limits).toEqual([3600, 90]);
  });
});
