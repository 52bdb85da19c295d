import { startMetadataServer } from '../../testing/metadata-server';
import { until } from '../testing/until';
import { departureOf, type Departure } from './departure';
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
