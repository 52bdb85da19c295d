import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { WorkerEnvironment } from './environment';
import { leanApi, SQS_CONNECTIONS } from './queue/lean-api';
import { sdkApi } from './queue/sdk-api';
import type { SqsApi } from './queue/sqs-api';

/** How connections to S3 are kept: it copies up to 1 GiB in a call, and is silent meanwhile. */
const S3_CONNECTIONS = { connectionTimeout: 5000, socketTimeout: 120_000 };

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
  const sqs = new SQSClient({
    region,
    requestHandler: SQS_CONNECTIONS,
    useQueueUrlAsEndpoint: emulator('SQS') === undefined,
  });
  const s3 = new S3Client({
    region,
    requestHandler: S3_CONNECTIONS,
    forcePathStyle: emulator('S3') !== undefined,
  });
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
