import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { WorkerEnvironment } from './environment';
import { leanApi } from './queue/lean-api';
import { sdkApi } from './queue/sdk-api';
import type { SqsApi } from './queue/sqs-api';

/** A connection that is silent for so long is given up. Of SQS: longer than the longest long poll (20 s). */
const SQS_SILENCE_MS = 30_000;
/** Of S3: it copies up to 1 GiB in a call. */
const S3_SILENCE_MS = 120_000;

/** The clients of AWS's services, on the SDK's standard credentials, region and endpoint variables. */
export interface Clients {
  readonly sqs: SqsApi;
  readonly s3: S3Client;
  readonly close: () => void;
}

/**
 * @param variables the process's environment. Where it names an emulator (AWS_ENDPOINT_URL, or AWS_ENDPOINT_URL_SQS and
 *   _S3), the queue's URL is not taken for its address, and objects are addressed by path, which needs no DNS
 */
export function createClients(environment: WorkerEnvironment, variables: NodeJS.ProcessEnv): Clients {
  const { region, queueUrl, sqsTransport } = environment;
  const emulator = (service: 'SQS' | 'S3'): string | undefined =>
    variables[`AWS_ENDPOINT_URL_${service}`] ?? variables.AWS_ENDPOINT_URL;
  const common = (socketTimeout: number) => ({
    region,
    requestHandler: { connectionTimeout: 5000, socketTimeout },
  });
  const sqs = new SQSClient({
    ...common(SQS_SILENCE_MS),
    useQueueUrlAsEndpoint: emulator('SQS') === undefined,
  });
  const s3 = new S3Client({ ...common(S3_SILENCE_MS), forcePathStyle: emulator('S3') !== undefined });
  const { credentials } = sqs.config;
  const lean =
    sqsTransport === 'lean'
      ? leanApi({ region, endpoint: emulator('SQS') ?? queueUrl, credentials })
      : undefined;
  return {
    sqs: lean ?? sdkApi(sqs),
    s3,
    close() {
      lean?.close();
      sqs.destroy();
      s3.destroy();
    },
  };
}
