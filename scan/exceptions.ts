import type { Exception } from './verdict';

const artifacts = 'pipeline/artifacts/bucket';
const uploads = 'pipeline/uploads/bucket';
const defaultUploads = `upload-pipeline/${uploads}`;

/** Rules of security groups, each with a Name that says what it is for. */
const rules = [
  'pipeline/network/workers-to-endpoints',
  'pipeline/network/workers-to-s3',
  'pipeline/network/endpoints-from-workers',
  'pipeline/network/web-to-endpoints',
  'pipeline/network/web-to-s3',
  'pipeline/network/endpoints-from-web',
  'pipeline/web/load-balancer/to-instances',
  'pipeline/web/load-balancer/instances-from',
  'pipeline/web/load-balancer/from-everyone-http',
  'pipeline/web/load-balancer/from-everyone-https',
];

/** Every check that need not pass, and why. One that nothing needs any more fails the scan. */
export const exceptions: readonly Exception[] = [
  ...rules.map((construct) => ({
    check: 'CKV_AWS_23',
    construct,
    reason:
      'The tag Name says what the rule is for. LocalStack keeps no description of a rule, so that with one every plan of a lab would show a change.',
  })),
  {
    check: 'CKV_AWS_26',
    construct: 'upload-pipeline/pipeline/announcements/topic',
    reason:
      'S3 cannot publish to a topic that a key of AWS encrypts. Messages hold names of objects, travel by TLS and are encrypted in the queue; encryptionKey: "customer" encrypts the topic too (examples/complete).',
  },
  {
    check: 'CKV_AWS_145',
    construct: defaultUploads,
    reason:
      'By default S3 encrypts with keys of its own; encryptionKey: "customer" takes a KMS key (examples/complete).',
  },
  {
    check: 'CKV_AWS_18',
    construct: defaultUploads,
    reason:
      'Access logs need a bucket that somebody keeps: accessLogBucketName names it (examples/complete).',
  },
  {
    check: 'CKV_AWS_144',
    construct: uploads,
    reason:
      'A second region is a choice about the recovery of a business, with a cost for each byte; versions protect against mistakes in this one.',
  },
  {
    check: 'CKV2_AWS_11',
    construct: 'upload-pipeline/pipeline/network/vpc',
    reason:
      'The network has no way to or from the internet; security groups let out HTTPS to named endpoints only. flowLogBucketName turns flow logs on (examples/complete).',
  },
  {
    check: 'CKV_AWS_145',
    construct: artifacts,
    reason: "Artifacts are the project's own builds, no secrets: keys of S3's own are enough.",
  },
  {
    check: 'CKV_AWS_18',
    construct: artifacts,
    reason:
      'Only the roles of the fleets may read artifacts, and each of them at every boot: a log of that tells nothing.',
  },
  {
    check: 'CKV_AWS_21',
    construct: artifacts,
    reason:
      'The key of an artifact carries its hash: a new build is a new key, and none is ever overwritten.',
  },
  { check: 'CKV_AWS_144', construct: artifacts, reason: 'A build can be uploaded again, anywhere.' },
  {
    check: 'CKV2_AWS_61',
    construct: artifacts,
    reason: 'Terraform deletes the artifact of the version before; one that is in use must not expire.',
  },
  {
    check: 'CKV2_AWS_62',
    construct: artifacts,
    reason: 'Nobody waits for artifacts: instances ask for them.',
  },
  {
    check: 'CKV2_AWS_62',
    construct: 'complete/logs',
    reason: 'Logs are read when somebody looks for something.',
  },
  {
    check: 'CKV_AWS_18',
    construct: 'complete/logs',
    reason: 'Access logs of the bucket of access logs would log themselves.',
  },
  { check: 'CKV_AWS_144', construct: 'complete/logs', reason: 'As for the uploads that the logs are about.' },
  {
    check: 'CKV_AWS_145',
    construct: 'complete/logs',
    reason:
      'S3 writes access logs to a bucket that is encrypted by its own keys without a key policy that lets it.',
  },
  {
    check: 'CKV_AWS_260',
    construct: 'complete/pipeline/web/load-balancer/from-everyone-http',
    reason: 'People type addresses without https: with a certificate the listener only redirects them.',
  },
  {
    check: 'CKV2_AWS_28',
    construct: 'complete/pipeline/web/load-balancer/load-balancer',
    reason:
      'A web ACL costs by the request and its rules are the business of who runs the site: aws_wafv2_web_acl_association takes the ARN of the load balancer.',
  },
];
