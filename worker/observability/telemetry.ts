import { context, propagation, SpanKind, SpanStatusCode, type Meter, type Tracer } from '@opentelemetry/api';
import { reasonOf } from '../queue/errors';
import type { QueueObserver } from '../queue/events';
import type { Handler } from '../queue/options';

/** Attributes that every span and measurement carries: OpenTelemetry, "Semantic conventions for Amazon SQS". */
function attributesOf(queueName: string): {
  'messaging.system': string;
  'messaging.destination.name': string;
} {
  return { 'messaging.system': 'aws_sqs', 'messaging.destination.name': queueName };
}

/**
 * Measures what a consumer does, with the instruments of the messaging semantic conventions (durations in seconds) and
 * one more: `upload_pipeline.tasks.running`.
 */
export function queueMetrics(meter: Meter, queueName: string): QueueObserver {
  const common = attributesOf(queueName);
  const consumed = meter.createCounter('messaging.client.consumed.messages', {
    unit: '{message}',
    description: 'Messages received.',
  });
  const processed = meter.createHistogram('messaging.process.duration', {
    unit: 's',
    description: 'Time from the start of a handler to its end.',
  });
  const operations = meter.createHistogram('messaging.client.operation.duration', {
    unit: 's',
    description: 'Time of a receive call, its long poll included.',
  });
  const running = meter.createUpDownCounter('upload_pipeline.tasks.running', {
    unit: '{task}',
    description: 'Handlers running now.',
  });
  const receive = { ...common, 'messaging.operation.name': 'ReceiveMessage' };
  return (event) => {
    if (event.type === 'received') {
      consumed.add(event.messages.length, receive);
      operations.record(event.durationMs / 1000, receive);
    } else if (event.type === 'receive-failed') {
      operations.record(event.durationMs / 1000, { ...receive, 'error.type': errorType(event.error) });
    } else if (event.type === 'started') {
      running.add(1, common);
    } else if (event.type === 'finished') {
      running.add(-1, common);
      processed.record(event.durationMs / 1000, {
        ...common,
        'messaging.operation.name': 'process',
        'upload_pipeline.outcome': event.outcome,
        ...(event.error !== undefined && { 'error.type': errorType(event.error) }),
      });
    }
  };
}

/**
 * Runs the handler in a span `process <queue>`, a child of the trace that the message's attributes carry (`traceparent`),
 * so that calls made by the handler belong to the same trace.
 */
export function traced(tracer: Tracer, queueName: string, handler: Handler): Handler {
  return (message, task) => {
    const parent = propagation.extract(context.active(), message.attributes);
    const attributes = {
      ...attributesOf(queueName),
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.message.id': message.id,
      'messaging.message.body.size': Buffer.byteLength(message.body),
    };
    return tracer.startActiveSpan(
      `process ${queueName}`,
      { kind: SpanKind.CONSUMER, attributes },
      parent,
      async (span) => {
        try {
          return await handler(message, task);
        } catch (error) {
          span.setAttribute('error.type', errorType(error));
          span.setStatus({ code: SpanStatusCode.ERROR, message: reasonOf(error) });
          throw error;
        } finally {
          span.end();
        }
      },
    );
  };
}

function errorType(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
