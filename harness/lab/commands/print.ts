import pc from 'picocolors';

import { messageOf } from '../../support/message-of';
import type { LabRecord } from '../standing-lab';

/** Says why a command failed: one text for a person, `{ "error": … }` for a machine. */
export function printError(error: unknown, json: boolean): void {
  const message = messageOf(error);
  if (json) {
    console.log(JSON.stringify({ error: message }, undefined, 2));
  } else {
    console.error(`${pc.red('error')} ${message}`);
  }
}

/**
 * The story, as commands to type against the one endpoint. SQS's name it themselves: version 1 of the AWS CLI sets its
 * own endpoint for SQS over `AWS_ENDPOINT_URL` (its customization «override SSL common name»). The region has two names:
 * that version reads the one, the SDKs the other.
 */
export function printTry({
  endpoint,
  outputs,
  site,
}: Pick<LabRecord, 'endpoint' | 'outputs' | 'site'>): string {
  const { uploadBucket, uploadsPrefix, processedPrefix, queueUrl, workerGroupName, region } = outputs;
  return `
The lab stands at ${pc.bold(endpoint)}

  export AWS_ENDPOINT_URL=${endpoint} AWS_REGION=${region} AWS_DEFAULT_REGION=${region} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test

  ${pc.dim('# works')}
  echo hello > test1.txt && aws s3 cp test1.txt s3://${uploadBucket}/${uploadsPrefix}
  npm run lab -- logs
  aws s3 ls s3://${uploadBucket}/${processedPrefix}

  ${pc.dim('# dies')}
  npm run lab -- kill-worker
  echo fail > fail.txt && aws s3 cp fail.txt s3://${uploadBucket}/${uploadsPrefix}
  aws --endpoint-url ${endpoint} sqs receive-message --queue-url ${queueUrl} --visibility-timeout 0

  ${pc.dim('# recovers')}
  npm run lab -- start-worker
  aws s3 ls s3://${uploadBucket}/${processedPrefix}

  ${pc.dim('# heals')}
  aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names ${workerGroupName}
  npm run lab -- terminate
  npm run lab -- status
${site === undefined ? '' : `\n  ${pc.dim('# web: open it in a browser')}\n  ${site}\n`}
  ${pc.dim('# outputs')}
${Object.entries(outputs)
  .map(([name, value]) => `  ${name.padEnd(24)} ${value}`)
  .join('\n')}

Stop it with: npm run lab -- down`;
}
