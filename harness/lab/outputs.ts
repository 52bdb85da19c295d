import { z } from 'zod';

import type { TerraformOutputs } from '../terraform/terraform';

/** The outputs that the lab needs; Terraform's names are the same in snake_case (`queue_url`). */
export const labOutputs = z.object({
  region: z.string(),
  uploadBucket: z.string(),
  uploadsPrefix: z.string(),
  processedPrefix: z.string(),
  topicArn: z.string(),
  queueName: z.string(),
  queueUrl: z.string(),
  queueArn: z.string(),
  deadLetterQueueUrl: z.string(),
  workerGroupName: z.string(),
  workerLaunchTemplateId: z.string(),
  workerService: z.string(),
  /** What follows is there where the web tier is on. */
  siteUrl: z.string().optional(),
  loadBalancerDnsName: z.string().optional(),
  webGroupName: z.string().optional(),
  webTargetGroupArn: z.string().optional(),
  webService: z.string().optional(),
});

/** What the lab knows of the applied architecture: names, ARNs and URLs, all from Terraform's outputs. */
export type LabOutputs = z.infer<typeof labOutputs>;

const camelCase = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * Reads the outputs that the lab needs.
 *
 * @throws Error that lists each output that is missing or of another type.
 */
export function readOutputs(applied: TerraformOutputs): LabOutputs {
  const result = labOutputs.safeParse(
    Object.fromEntries(Object.entries(applied).map(([name, value]) => [camelCase(name), value])),
  );
  if (!result.success) {
    const problems = result.error.issues.map(
      (issue) => `  ${snakeCase(issue.path.join('.'))}: ${issue.message}`,
    );
    throw new Error(['The Terraform outputs lack what the lab needs:', ...problems].join('\n'));
  }
  return result.data;
}
