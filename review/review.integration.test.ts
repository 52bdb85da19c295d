import { join } from 'node:path';

import { type Lab, startLab } from '../harness/lab/lab';
import { makePlan } from './make-plan';
import { parsePlan } from './plan';
import { type Review, review } from './review';
import { SynthesizedResources } from './synthesized';
import { lines } from './testing/plan';

describe('the review of a plan that Terraform made against what it applied', () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await startLab();
  }, 300_000);

  afterAll(async () => {
    await lab.close();
  });

  const reviewOf = async (environment: Readonly<Record<string, string>>): Promise<Review> => {
    const { plan, stack } = await makePlan({
      project: '.',
      environment: { UPLOAD_PIPELINE_ENDPOINT: lab.endpoint, ...environment },
      stateFile: join(lab.folder, 'terraform', 'terraform.tfstate'),
      onProgress: () => undefined,
      signal: new AbortController().signal,
    });
    return review(parsePlan(plan), SynthesizedResources.parse(stack));
  };

  it('has nothing to tell where nothing changed, not even drift', async () => {
    const { changes, findings } = await reviewOf({});
    expect(Object.values(changes).flat()).toEqual([]);
    expect(findings).toEqual([]);
  }, 300_000);

  it('tells that a renamed queue loses its tasks, that versions go sooner, whom the worker may receive from, and that the demo opens the bucket', async () => {
    const result = await reviewOf({
      UPLOAD_PIPELINE_NONCURRENT_VERSION_DAYS: '14',
      UPLOAD_PIPELINE_QUEUE_NAME: 'other-queue',
      UPLOAD_PIPELINE_PUBLIC_READ_DEMO: 'true',
    });
    expect(result.worst).toBe('critical');
    const told = lines(result).join('\n');
    expect(told).toMatch(/critical aws_sqs_queue\.\S+: is destroyed and made anew for a new name/);
    expect(told).toMatch(
      /warning aws_s3_bucket_lifecycle_configuration\.\S+: S3 deletes every version that was replaced or deleted 14 days after that \(rule expire-noncurrent-versions\); so far 30 days after that\./,
    );
    expect(told).not.toContain('S3 deletes every object');
    expect(told).toMatch(
      /critical aws_s3_bucket_public_access_block\.\S+: the bucket may be opened to everyone: block_public_policy/,
    );
    expect(told).toMatch(/critical aws_s3_bucket_policy\.\S+: everyone may s3:GetObject on arn:aws:s3:::/);
    expect(told).toMatch(
      /aws_iam_role_policy\.\S+: loses: may sqs:ReceiveMessage.* on arn:aws:sqs:.*:devops-sqs-queue/,
    );
    expect(told).toMatch(
      /warning aws_iam_role_policy\.\S+: gains: may sqs:ReceiveMessage.* on aws_sqs_queue\./,
    );
  }, 300_000);

  it('tells that a warm pool has every instance replaced by a refresh, and destroys nothing', async () => {
    const { changes, findings } = await reviewOf({ UPLOAD_PIPELINE_WARM_POOL: '{"minSize":1}' });
    expect([...changes.replace, ...changes.destroy]).toEqual([]);
    expect(findings.map(({ text }) => text)).toEqual([
      expect.stringContaining('an instance refresh replaces every instance'),
    ]);
  }, 300_000);
});
