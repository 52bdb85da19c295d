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

/** @param endpoint of an emulator (AWS_ENDPOINT_URL); then objects are addressed by path, which needs no DNS */
export function createClients(region: string, endpoint: string | undefined): Clients {
  const common = { region, requestHandler: { connectionTimeout: 5000, requestTimeout: REQUEST_TIMEOUT_MS } };
  const sqs = new SQSClient({ ...common, useQueueUrlAsEndpoint: endpoint === undefined });
  const s3 = new S3Client({ ...common, forcePathStyle: endpoint !== undefined });
  return {
    sqs,
    s3,
    close() {
      sqs.destroy();
      s3.destroy();
    },
  };
}
