import { readOutputs } from './outputs';

const applied = {
  region: 'us-east-2',
  upload_bucket: 'bucket',
  uploads_prefix: 'uploads/',
  processed_prefix: 'processed/',
  topic_arn: 'arn:aws:sns:us-east-2:000000000000:topic',
  queue_name: 'queue',
  queue_url: 'http://127.0.0.1:4566/000000000000/queue',
  queue_arn: 'arn:aws:sqs:us-east-2:000000000000:queue',
  dead_letter_queue_url: 'http://127.0.0.1:4566/000000000000/queue-dlq',
  worker_group_name: 'group',
  worker_launch_template_id: 'lt-1',
  worker_service: 'worker.service',
};

describe('readOutputs', () => {
  it('reads what Terraform applied, under names of this language', () => {
    expect(readOutputs({ ...applied, something_else: ['ignored'] })).toMatchObject({
      uploadBucket: 'bucket',
      deadLetterQueueUrl: 'http://127.0.0.1:4566/000000000000/queue-dlq',
    });
  });

  it('names each missing or wrong output as Terraform does', () => {
    const { queue_url: _missing, ...rest } = applied;
    expect(() => readOutputs({ ...rest, worker_service: 3 })).toThrow(/queue_url: .*\n.*worker_service: /);
  });
});
