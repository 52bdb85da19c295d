import { statSync } from 'node:fs';

import { App, S3Backend, TerraformOutput, TerraformStack } from 'cdktf';

import { type Configuration, ConfigurationError, loadConfiguration } from './config';
import { UploadPipeline, ValidationError, awsProvider, webService, workerService } from './modules';

/** Where the state is kept: beside Terraform, or in a bucket that also locks it. A lab keeps its own. */
function backend(stack: TerraformStack, { stateBucket, namePrefix, region, endpoint }: Configuration): void {
  if (stateBucket === undefined || endpoint !== undefined) {
    return;
  }
  const key = `${namePrefix}/terraform.tfstate`;
  new S3Backend(stack, { bucket: stateBucket, key, region, encrypt: true });
  // CDKTF knows only the lock by a DynamoDB table, which Terraform gives up.
  stack.addOverride('terraform.backend.s3.use_lockfile', true);
}

function outputs(
  stack: TerraformStack,
  { region, publicReadDemo }: Configuration,
  { bucket, topic, queue, workers, web }: UploadPipeline,
): void {
  const values = {
    region,
    upload_bucket: bucket.bucketName,
    uploads_prefix: bucket.uploadsPrefix,
    processed_prefix: bucket.processedPrefix,
    topic_arn: topic.arn,
    queue_name: queue.queueName,
    queue_url: queue.url,
    queue_arn: queue.arn,
    dead_letter_queue_url: queue.deadLetterQueueUrl,
    worker_group_name: workers.groupName,
    worker_launch_template_id: workers.launchTemplateId,
    worker_service: workerService,
    ...(web === undefined
      ? {}
      : {
          site_url: web.loadBalancer.url,
          load_balancer_dns_name: web.loadBalancer.dnsName,
          web_group_name: web.groupName,
          web_target_group_arn: web.targetGroupArn,
          web_service: webService,
        }),
    ...(publicReadDemo
      ? { public_read: `Everyone on the internet can read every object of ${bucket.bucketName}.` }
      : {}),
  };
  for (const [name, value] of Object.entries(values)) {
    new TerraformOutput(stack, name, { value, staticId: true });
  }
}

/** @throws ConfigurationError for what a construct refuses, told like all that is wrong with a configuration. */
function pipeline(stack: TerraformStack, configuration: Configuration): UploadPipeline {
  try {
    return new UploadPipeline(stack, 'pipeline', configuration);
  } catch (error) {
    throw error instanceof ValidationError ? new ConfigurationError([error]) : error;
  }
}

/**
 * Configuration in, stack out.
 *
 * @throws ConfigurationError for an artifact that is not there, and for what a construct refuses.
 */
export function synthesize(configuration: Configuration, outdir?: string): void {
  const artifacts = [
    ['nodeArtifact', 'npm run build'],
    ['workerArtifact', 'npm run build'],
    ['mediaArtifact', 'npm run build:media'],
    ...(configuration.webTier ? [['webArtifact', 'npm run build'] as const] : []),
  ] as const;
  for (const [field, command] of artifacts) {
    const given = configuration[field];
    if (given !== undefined && statSync(given, { throwIfNoEntry: false })?.isFile() !== true) {
      const allowed = `there is no such file; make it with: ${command}`;
      throw new ConfigurationError([{ field, given, allowed }]);
    }
  }
  const app = new App(outdir === undefined ? {} : { outdir });
  const stack = new TerraformStack(app, 'upload-pipeline');
  awsProvider(stack, configuration);
  backend(stack, configuration);
  outputs(stack, configuration, pipeline(stack, configuration));
  app.synth();
}

if (require.main === module) {
  try {
    synthesize(loadConfiguration());
  } catch (error) {
    if (!(error instanceof ConfigurationError)) {
      throw error;
    }
    console.error(error.message);
    process.exitCode = 1;
  }
}
