import { S3Client } from '@aws-sdk/client-s3';
import type { Upload } from '../../worker/events/upload';
import { findMediaTools } from '../../worker/media/tools';
import { allProcessors } from '../../worker/processors';
import { Scratch } from '../../worker/processors/scratch';

/** What the parent says in the arguments. */
export interface MovieOrder {
  readonly s3Endpoint: string;
  /** Where the processor keeps its files. */
  readonly scratch: string;
}

/** Processes each upload that the parent sends, and answers when it is done. */
async function main({ s3Endpoint, scratch }: MovieOrder): Promise<void> {
  const processors = allProcessors({
    s3: new S3Client({
      region: 'us-east-2',
      endpoint: s3Endpoint,
      forcePathStyle: true,
      credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    }),
    uploadsPrefix: 'uploads/',
    processedPrefix: 'processed/',
    upscale: false,
    scratch: new Scratch(scratch),
    tools: await findMediaTools(process.env.PATH),
  });
  const { signal } = new AbortController();
  process.on('message', (upload: Upload) => {
    const processor = processors.find(({ accepts }) => accepts(upload));
    void processor
      ?.process(upload, { signal, stopping: signal, tell: () => undefined })
      .then(() => process.send?.('done'));
  });
  process.send?.('ready');
}

void main(JSON.parse(process.argv[2] ?? '') as MovieOrder);
