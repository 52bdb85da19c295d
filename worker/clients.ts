import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';

/** Longer than the longest long poll (20 s); a service that is silent for so long is taken as gone. */
const REQUEST_TIMEOUT_MS = 30_000;

/** The SDK's clients, on its standard credentials, region and endpoint variables. */
export interface Clients {
  readonly sqs: SQSClient;
  readonly s3: S3Client;
  readonly close: () => void;
}

/**
 * @param variables the environment. Where it names an emulator (AWS_ENDPOINT_URL, or AWS_ENDPOINT_URL_SQS and _S3), the
 *   queue's URL is not taken for its address, and objects are addressed by path, which needs no DNS
 */
export function createClients(region: string, variables: NodeJS.ProcessEnv): Clients {
  const emulated = (service: 'SQS' | 'S3'): boolean =>
    (variables[`AWS_ENDPOINT_URL_${service}`] ?? variables.AWS_ENDPOINT_URL) !== undefined;
  const common = { region, requestHandler: { connectionTimeout: 5000, requestTimeout: REQUEST_TIMEOUT_MS } };
  const sqs = new SQSClient({ ...common, useQueueUrlAsEndpoint: !emulated('SQS') });
  const s3 = new S3Client({ ...common, forcePathStyle: emulated('S3') });
  return {
    sqs,
    s3,
    close() {
      sqs.destroy();
      s3.destroy();
    },
  };
}
