import { context, propagation, SpanKind, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { NonRetryableError } from '../queue/errors';
import type { QueueEvent } from '../queue/events';
import { rehearse } from '../testing/rehearsal';
import { until } from '../testing/until';
import { startEmf } from './emf';
import { startHealthServer } from './health';
import { queueMetrics, traced } from './telemetry';

/** What a real consumer tells: two messages done, one refused. */
async function eventsOfThree(): Promise<readonly QueueEvent[]> {
  await using r = await rehearse({
    sendsToDeadLetterQueue: true,
    handler: ({ body }) =>
      body === 'bad' ? Promise.reject(new NonRetryableError('bad')) : Promise.resolve(),
  });
  for (const body of ['a', 'b', 'bad']) r.queue.send({ body });
  r.consumer.start();
  await until('all are deleted', () => r.queue.deleted === 3);
  return r.events;
}

describe('OpenTelemetry', () => {
  it('gets the metrics of the messaging conventions', async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const provider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
    const observer = queueMetrics(provider.getMeter('test'), 'tasks');
    for (const event of await eventsOfThree()) observer(event);
    await provider.forceFlush();
    const exported = exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
    const pointsOf = (name: string) =>
      exported.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? [];
    const common = { 'messaging.system': 'aws_sqs', 'messaging.destination.name': 'tasks' };
    expect(pointsOf('messaging.client.consumed.messages')).toMatchObject([{ value: 3, attributes: common }]);
    expect(pointsOf('upload_pipeline.tasks.running')).toMatchObject([{ value: 0 }]);
    expect(pointsOf('messaging.process.duration')).toMatchObject([
      { value: { count: 2 }, attributes: { ...common, 'upload_pipeline.outcome': 'done' } },
      {
        value: { count: 1 },
        attributes: { 'upload_pipeline.outcome': 'refused', 'error.type': 'NonRetryableError' },
      },
    ]);
    await provider.shutdown();
  });

  it('gets a span of each task, in the trace that the message belongs to', async () => {
    const exporter = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    let active: string | undefined;
    const handler = traced(provider.getTracer('test'), 'tasks', ({ body }) => {
      active = trace.getActiveSpan()?.spanContext().traceId;
      return body === 'bad' ? Promise.reject(new Error('no')) : Promise.resolve('yes');
    });
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const message = {
      id: 'm1',
      receiptHandle: 'r1',
      body: 'good',
      receiveCount: 1,
      sentAt: 0,
      groupId: undefined,
      attributes: { traceparent: `00-${traceId}-b7ad6b7169203331-01` },
    };
    const { signal } = new AbortController();
    const task = { signal, stopping: signal };
    expect(await handler(message, task)).toBe('yes');
    expect(active).toBe(traceId);
    await expect(handler({ ...message, body: 'bad' }, task)).rejects.toThrow('no');
    expect(exporter.getFinishedSpans()).toMatchObject([
      { name: 'process tasks', kind: SpanKind.CONSUMER, attributes: { 'messaging.message.id': 'm1' } },
      { status: { message: 'Error: no' }, attributes: { 'error.type': 'Error' } },
    ]);
    expect(exporter.getFinishedSpans()[0]?.spanContext().traceId).toBe(traceId);
    await provider.shutdown();
  });
});

describe('the embedded metric format', () => {
  it('tells CloudWatch what was done, once', async () => {
    const documents: unknown[] = [];
    const emf = startEmf({
      namespace: 'Pipeline',
      queueName: 'tasks',
      write: (text) => documents.push(JSON.parse(text)),
    });
    for (const event of await eventsOfThree()) emf.observer(event);
    expect(documents).toEqual([]);
    emf.stop();
    emf.stop();
    expect(documents).toMatchObject([
      {
        _aws: { CloudWatchMetrics: [{ Namespace: 'Pipeline', Dimensions: [['QueueName']] }] },
        QueueName: 'tasks',
        TasksDone: 2,
        TasksRefused: 1,
        TasksFailed: 0,
        MessagesLost: 0,
      },
    ]);
  });

  it('writes nothing while nothing happens, and every period while something does', async () => {
    const documents: string[] = [];
    const emf = startEmf({
      namespace: 'P',
      queueName: 'q',
      write: (text) => documents.push(text),
      periodMs: 2,
    });
    const error = new Error('x');
    emf.observer({ type: 'call-failed', call: 'delete', error });
    await until('the first is written', () => documents.length === 1);
    emf.observer({ type: 'call-failed', call: 'delete', error });
    await until('the second is written', () => documents.length === 2);
    emf.stop();
    expect(documents).toHaveLength(2);
    expect(documents[0]).not.toContain('TaskDuration');
  });
});

describe('the health endpoint', () => {
  it('says how the consumer is', async () => {
    await using health = await startHealthServer(0);
    const ask = async (path = '/health') => {
      const response = await fetch(`http://127.0.0.1:${health.port}${path}`);
      return { status: response.status, body: await response.json() };
    };
    expect(await ask()).toMatchObject({ status: 503, body: { state: 'waiting', done: 0 } });
    health.observer({ type: 'receiving' });
    expect(await ask()).toMatchObject({ status: 200, body: { state: 'receiving', done: 0 } });
    for (const event of (await eventsOfThree()).filter(
      ({ type }) => type === 'started' || type === 'finished',
    )) {
      health.observer(event);
    }
    expect(await ask()).toMatchObject({ status: 200, body: { running: 0, done: 2, failed: 1 } });
    health.observer({ type: 'receive-failed', error: new Error('down'), durationMs: 1, retryInMs: 1 });
    expect(await ask()).toMatchObject({
      status: 503,
      body: { state: 'backing-off', lastError: 'Error: down' },
    });
    health.observer({ type: 'receive-recovered', failures: 1 });
    expect(await ask()).toMatchObject({ status: 200 });
    health.observer({ type: 'stopping', running: 0, buffered: 0 });
    expect(await ask()).toMatchObject({ status: 503, body: { state: 'stopping' } });
    health.observer({ type: 'receive-recovered', failures: 1 });
    expect(await ask()).toMatchObject({ status: 503, body: { state: 'stopping' } });
    health.observer({ type: 'receiving' });
    expect(await ask()).toMatchObject({ status: 200, body: { state: 'receiving', done: 2 } });
    expect(await ask('/other')).toMatchObject({ status: 404 });
  });
});
