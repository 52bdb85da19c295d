import { execFileSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { Body } from '../testing/s3/body';
import { S3Server } from '../testing/s3/server';
import { recordOf, s3Event } from './testing/events';
import { MediaFolder, requireMediaTools } from './testing/media';
import { SqsServer } from './testing/sqs-server';
import { picture, quickly } from './testing/studio';
import { until } from './testing/until';
import { bundleWorker, WorkerProcess } from './testing/worker-process';

jest.setTimeout(180_000);

/** The command lines of all processes that name a folder. */
function processesIn(folder: string): string[] {
  return execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(`${folder}/`));
}

it('a worker that is killed in the middle of a movie takes ffmpeg along; the next one cleans up and makes the movie', async () => {
  await using bundle = await bundleWorker();
  await using media = await MediaFolder.make(await requireMediaTools());
  await using sqs = await SqsServer.start();
  await using s3 = await S3Server.start();
  const queue = sqs.createQueue('tasks', { visibilityTimeoutSeconds: 2 });
  const bucket = s3.createBucket('bucket', { versioned: true });
  const scratch = path.join(path.dirname(bundle.file), 'scratch');
  const environment = {
    PATH: process.env.PATH ?? '',
    AWS_REGION: 'us-east-2',
    AWS_ENDPOINT_URL_SQS: sqs.endpoint,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    QUEUE_URL: queue.url,
    UPLOAD_BUCKET: 'bucket',
    UPLOADS_PREFIX: 'uploads/',
    PROCESSED_PREFIX: 'processed/',
    VISIBILITY_TIMEOUT_SECONDS: '2',
  };
  const film = await media.make('film.mp4', ...picture('1280x720', 8, 25), ...quickly);
  const version = bucket.put({ key: 'uploads/film.mp4', body: Body.of(film) });
  queue.send({ body: s3Event(recordOf(bucket, version)) });
  {
    await using first = WorkerProcess.start(bundle, environment);
    await until('it encodes', () => first.story.some((line) => line.startsWith('Progress:')), 120);
    expect(processesIn(scratch)).not.toEqual([]);
    first.kill('SIGKILL');
    await first.exited;
  }
  await until('ffmpeg is gone', () => processesIn(scratch).length === 0);
  expect(await readdir(scratch)).toHaveLength(1);
  expect(bucket.keys).not.toContain('processed/film.mp4/manifest.json');

  await using second = WorkerProcess.start(bundle, environment);
  await until('the message is deleted', () => queue.deleted === 1, 120);
  expect(second.story.at(-1)).toBe('Moved to: processed/film.mp4');
  expect(bucket.versions('processed/film.mp4/manifest.json')).toHaveLength(1);
  expect(bucket.keys.some((key) => key.endsWith('progress.json'))).toBe(false);
  expect(await readdir(scratch)).toEqual([]);
});
