import type {
  ChangeMessageVisibilityBatchRequest,
  ChangeMessageVisibilityBatchResult,
  DeleteMessageBatchRequest,
  DeleteMessageBatchResult,
  ReceiveMessageRequest,
  ReceiveMessageResult,
  SendMessageRequest,
  SendMessageResult,
} from '@aws-sdk/client-sqs';

/** The calls to SQS that a consumer makes, with the service's own inputs and outputs. */
export interface SqsApi {
  readonly receiveMessage: (
    input: ReceiveMessageRequest,
    signal: AbortSignal,
  ) => Promise<ReceiveMessageResult>;
  readonly deleteMessageBatch: (input: DeleteMessageBatchRequest) => Promise<DeleteMessageBatchResult>;
  readonly changeMessageVisibilityBatch: (
    input: ChangeMessageVisibilityBatchRequest,
  ) => Promise<ChangeMessageVisibilityBatchResult>;
  readonly sendMessage: (input: SendMessageRequest) => Promise<SendMessageResult>;
}
