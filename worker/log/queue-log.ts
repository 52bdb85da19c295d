import type { QueueEvent, QueueObserver } from '../queue/events';
import { describeCallError } from '../queue/call-errors';
import { reasonOf } from '../queue/errors';
import type { Logger } from '../../instance/logger';

/** Writes what the queue consumer does to the structured log. */
export function logQueueEvents(log: Logger): QueueObserver {
  return (event) => {
    write(log, event);
  };
}

function write(log: Logger, event: QueueEvent): void {
  switch (event.type) {
    case 'receiving':
    case 'received':
    case 'started':
    case 'deleted':
      return;
    case 'finished': {
      const { id, receiveCount } = event.message;
      const fields = {
        messageId: id,
        receiveCount,
        outcome: event.outcome,
        durationMs: Math.round(event.durationMs),
      };
      if (event.outcome === 'done') log.debug(fields, 'task done');
      else
        log.warn(
          { ...fields, retryInSeconds: event.retryInSeconds, reason: reasonOf(event.error) },
          `task ${event.outcome}`,
        );
      return;
    }
    case 'delete-failed':
      log.warn(
        { messageId: event.message.id, reason: event.reason },
        'a finished task could not be deleted: it will come again',
      );
      return;
    case 'lost':
      log.warn({ messageId: event.message.id, reason: event.reason }, 'message lost: its task is aborted');
      return;
    case 'receive-failed':
      log.error(
        { retryInMs: Math.round(event.retryInMs), reason: reasonOf(event.error) },
        describeCallError('receive', event.error),
      );
      return;
    case 'receive-recovered':
      log.info({ failures: event.failures }, 'receiving again');
      return;
    case 'call-failed':
      log.error({ reason: reasonOf(event.error) }, describeCallError(event.call, event.error));
      return;
    case 'stopping':
      log.info(
        { running: event.running, buffered: event.buffered },
        'stopping: no more messages are received',
      );
      return;
    case 'abandoned':
      log.error(
        { messageId: event.message.id },
        'the task did not end when it was aborted; its message is given back',
      );
      return;
    case 'stopped':
      log.info('stopped');
      return;
  }
}
