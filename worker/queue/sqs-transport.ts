import type { BatchResultErrorEntry, Message } from '@aws-sdk/client-sqs';
import { escaped, oneLine } from '../log/story';
import { BATCH_SIZE } from './outbox';
import type { SqsApi } from './sqs-api';
import type { BatchFailure, QueueMessage, QueueTransport } from './transport';

/** Reasons are cut to this length: an attribute counts toward the message's size limit. */
const REASON_LENGTH = 1024;
/** Of one message. Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const MOST_ATTRIBUTES = 10;

/**
 * Characters that SQS refuses beside the control characters; lone surrogates too.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const REFUSED = /[\ufffe\uffff\p{Cs}]/gu;

/**
 * Speaks to one queue, and to its dead-letter queue when its URL is given.
 *
 * @throws RangeError when one of them is no URL; it names the value got and what is allowed.
 */
export function sqsTransport(api: SqsApi, queueUrl: string, deadLetterQueueUrl?: string): QueueTransport {
  checkUrl('queueUrl', queueUrl);
  if (deadLetterQueueUrl !== undefined) checkUrl('deadLetterQueueUrl', deadLetterQueueUrl);
  // Standard queues may carry group ids as well (fair queues), without any order to keep.
  const fifo = queueUrl.endsWith('.fifo');
  return {
    // SQS would return as many as it can of one group. All but the first wait then, keep the slots of other groups, and count
    // as received whenever the first is delivered again: a first that fails takes them unrun to the dead-letter queue.
    receiveBatchSize: fifo ? 1 : BATCH_SIZE,

    async receive({ maxMessages, waitSeconds, visibilityTimeoutSeconds }, signal) {
      const answer = await api.receiveMessage(
        {
          QueueUrl: queueUrl,
          MaxNumberOfMessages: maxMessages,
          WaitTimeSeconds: waitSeconds,
          VisibilityTimeout: visibilityTimeoutSeconds,
          MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp', 'MessageGroupId'],
          MessageAttributeNames: ['All'],
        },
        signal,
      );
      return (answer.Messages ?? []).map((message) => toMessage(message, fifo));
    },

    async delete(receiptHandles) {
      const Entries = receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
      const answer = await api.deleteMessageBatch({ QueueUrl: queueUrl, Entries });
      return (answer.Failed ?? []).map((entry) => toFailure(entry, receiptHandles));
    },

    async changeVisibility(changes) {
      const Entries = changes.map(({ receiptHandle, seconds }, index) => ({
        Id: String(index),
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      }));
      const answer = await api.changeMessageVisibilityBatch({ QueueUrl: queueUrl, Entries });
      const handles = changes.map((change) => change.receiptHandle);
      return (answer.Failed ?? []).map((entry) => toFailure(entry, handles));
    },

    ...(deadLetterQueueUrl !== undefined && {
      async sendToDeadLetterQueue(message: QueueMessage, reason: string) {
        await api.sendMessage({
          QueueUrl: deadLetterQueueUrl,
          MessageBody: message.body,
          MessageAttributes: {
            ...Object.fromEntries(
              Object.entries(message.attributes)
                .slice(0, MOST_ATTRIBUTES - 2)
                .map(([k, v]) => [k, stringAttribute(v)]),
            ),
            FailureReason: stringAttribute(acceptable(reason)),
            OriginalMessageId: stringAttribute(message.id),
          },
          ...(message.groupId !== undefined && {
            MessageGroupId: message.groupId,
            MessageDeduplicationId: message.id,
          }),
        });
      },
    }),
  };
}

/** What SQS takes of the reason, what it does not take escaped. */
function acceptable(reason: string): string {
  return oneLine(reason).replace(REFUSED, escaped).slice(0, REASON_LENGTH).toWellFormed();
}

function stringAttribute(StringValue: string): { DataType: 'String'; StringValue: string } {
  return { DataType: 'String', StringValue };
}

function toMessage(message: Message, fifo: boolean): QueueMessage {
  const { MessageId, ReceiptHandle } = message;
  if (MessageId === undefined || ReceiptHandle === undefined) {
    throw new TypeError('SQS returned a message without MessageId or ReceiptHandle');
  }
  const attributes: Record<string, string> = {};
  for (const [name, { StringValue }] of Object.entries(message.MessageAttributes ?? {})) {
    if (StringValue !== undefined) attributes[name] = StringValue;
  }
  return {
    id: MessageId,
    receiptHandle: ReceiptHandle,
    body: message.Body ?? '',
    receiveCount: Number(message.Attributes?.ApproximateReceiveCount ?? 1),
    sentAt: Number(message.Attributes?.SentTimestamp ?? Date.now()),
    groupId: fifo ? message.Attributes?.MessageGroupId : undefined,
    attributes,
  };
}

function toFailure(entry: BatchResultErrorEntry, receiptHandles: readonly string[]): BatchFailure {
  const receiptHandle = receiptHandles[Number(entry.Id)];
  if (receiptHandle === undefined)
    throw new TypeError(`SQS named an entry that was not sent: ${String(entry.Id)}`);
  return {
    receiptHandle,
    code: entry.Code ?? 'Unknown',
    message: entry.Message ?? '',
    retryable: entry.SenderFault !== true,
  };
}

/** A name or an ARN would only fail at the first call, and be tried for ever. */
function checkUrl(name: string, url: string): void {
  if (/^https?:/.test(url) && URL.canParse(url)) return;
  throw new RangeError(
    `${name} must be the URL of a queue, as https://sqs.us-east-2.amazonaws.com/123456789012/tasks, got ${JSON.stringify(url)}`,
  );
}
