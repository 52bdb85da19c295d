import { S3Client } from '@aws-sdk/client-s3';
import { downloadFile, uploadFile } from '../../worker/objects/files';
import { QueueConsumer } from '../../worker/queue/consumer';
import { leanApi } from '../../worker/queue/lean-api';
import { sqsTransport } from '../../worker/queue/sqs-transport';
import { peakMegabytes } from '../peak';

/** What the parent says in the arguments. */
export interface MemoryOrder {
  readonly work: string;
  readonly s3Endpoint: string;
  readonly sqsEndpoint: string;
  readonly queueUrl: string;
  /** Where bodies go. */
  readonly file: string;
  readonly messages: number;
}

/** Memory in megabytes: the most of all, and now at several points of the work. */
export interface MemoryReport {
  readonly peak: number;
  readonly samples: readonly number[];
}

const MB = 1e6;
const never = new AbortController().signal;
const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
const samples: number[] = [];

function sample(): void {
  samples.push(process.memoryUsage.rss() / MB);
}

async function consume({ sqsEndpoint, queueUrl, messages }: MemoryOrder): Promise<void> {
  const api = leanApi({
    region: 'us-east-2',
    endpoint: sqsEndpoint,
    credentials: () => Promise.resolve(credentials),
  });
  const done = Promise.withResolvers<undefined>();
  let handled = 0;
  const consumer = new QueueConsumer({
    transport: sqsTransport(api, queueUrl),
    concurrency: 50,
    handler: () => {
      handled += 1;
      if (handled % (messages / 5) === 0) sample();
      if (handled === messages) done.resolve(undefined);
      return Promise.resolve();
    },
  });
  consumer.start();
  await done.promise;
  await consumer.stop();
  api.close();
}

const clientOf = ({ s3Endpoint }: MemoryOrder): S3Client =>
  new S3Client({ region: 'us-east-2', endpoint: s3Endpoint, forcePathStyle: true, credentials });

const download = (order: MemoryOrder, key: string): Promise<void> =>
  downloadFile(clientOf(order), { bucket: 'bucket', key }, order.file, never);

const upload = async (order: MemoryOrder, key: string): Promise<void> => {
  await download(order, key);
  sample();
  await uploadFile(clientOf(order), { bucket: 'bucket', key: 'copy' }, order.file, 'video/mp4', never);
};

const WORK: Readonly<Record<string, (order: MemoryOrder) => Promise<void>>> = {
  'nothing, everything loaded': () => Promise.resolve(),
  '100,000 messages': consume,
  'a body of 200 MB, down': (order) => download(order, 'small'),
  'a body of 2 GiB, down': (order) => download(order, 'large'),
  'a body of 200 MB, down and up': (order) => upload(order, 'small'),
  'a body of 1 GiB, down and up': (order) => upload(order, 'medium'),
};

/** The names of all kinds of work. */
export const memoryWork: readonly string[] = Object.keys(WORK);

if (require.main === module) {
  const order = JSON.parse(process.argv[2] ?? '') as MemoryOrder;
  void WORK[order.work]?.(order).then(() => {
    sample();
    process.send?.({ peak: peakMegabytes(), samples } satisfies MemoryReport);
    process.disconnect();
  });
}
