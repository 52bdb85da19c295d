import { needsNode } from '../instance/needs-node';

export { QueueConsumer } from './queue/consumer';
export type { ConsumerOptions, Handler, TaskContext } from './queue/options';
export type { BackoffOptions } from './queue/backoff';
export {
  ConsumerStoppedError,
  MessageLostError,
  NonRetryableError,
  TaskTimeoutError,
  VisibilityExhaustedError,
} from './queue/errors';
export { observeAll, type Outcome, type QueueEvent, type QueueObserver } from './queue/events';
export type {
  BatchFailure,
  QueueMessage,
  QueueTransport,
  ReceiveRequest,
  VisibilityChange,
} from './queue/transport';
export { sqsTransport } from './queue/sqs-transport';
export { sdkApi } from './queue/sdk-api';
export { leanApi, SqsResponseError, type LeanApi, type LeanApiOptions } from './queue/lean-api';
export type { SqsApi } from './queue/sqs-api';
export { decodeTask, UnknownTaskError } from './events/decode';
export { compareSequencers } from './events/sequencer';
export { isFolderMarker, type Task, type Upload } from './events/upload';
export { dispatchTo, type DispatchOptions } from './processors/dispatch';
export { moveProcessor, type MoveOptions } from './processors/move';
export { allProcessors, type ProcessorsOptions } from './processors';
export { derivingProcessor, type Derived, type DeriveOptions, type DeriveWork } from './processors/derive';
export type { DerivedFile } from './processors/results';
export { processedKey, type Prefixes } from './processors/keys';
export { Limit } from './processors/limit';
export { Scratch, ScratchSpaceError, type ScratchFolder } from './processors/scratch';
export { findMediaTools, type MediaTools } from './media/tools';
export type { Processor, ProcessorContext } from './processors/processor';
export { createLogger, type Logger } from '../instance/logger';
export { logQueueEvents } from './log/queue-log';
export { tellOnStdout } from './log/story';
export { queueMetrics, traced } from './observability/telemetry';
export { startEmf, type EmfOptions, type EmfReporter } from './observability/emf';
export { startHealthServer, type HealthServer } from './observability/health';

needsNode('upload-pipeline/worker');
