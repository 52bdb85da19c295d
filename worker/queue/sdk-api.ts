import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SqsApi } from './sqs-api';

/** SQS through the AWS SDK's client: retries, clock skew and checksums of the bodies included. */
export function sdkApi(client: SQSClient): SqsApi {
  return {
    receiveMessage: (input, abortSignal) => client.send(new ReceiveMessageCommand(input), { abortSignal }),
    deleteMessageBatch: (input) => client.send(new DeleteMessageBatchCommand(input)),
    changeMessageVisibilityBatch: (input) => client.send(new ChangeMessageVisibilityBatchCommand(input)),
    sendMessage: (input) => client.send(new SendMessageCommand(input)),
  };
}
