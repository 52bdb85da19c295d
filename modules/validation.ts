import { Token } from 'cdktf';

/** A prop that AWS or this architecture would refuse: the message says the field, what was given, what is allowed and how to fix it. */
export class ValidationError extends Error {
  override readonly name = 'ValidationError';

  constructor(
    readonly field: string,
    readonly given: unknown,
    readonly allowed: string,
  ) {
    super(`${field} is ${JSON.stringify(given)}; ${allowed}`);
  }
}

/** What is wrong with one field; the sentence says what is allowed. */
export interface Problem {
  readonly field: string;
  readonly given: unknown;
  readonly allowed: string;
}

/** @throws ValidationError for the first problem. */
export function refuse(problems: readonly Problem[]): void {
  const [first] = problems;
  if (first !== undefined) {
    throw new ValidationError(first.field, first.given, first.allowed);
  }
}

const reservedBucketName = /^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|--x-s3|--table-s3|\.mrap)$/;

/**
 * S3's rules for the name of a general purpose bucket.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
export function bucketNameProblems(field: string, name: string): Problem[] {
  // The name of another resource, which only Terraform knows.
  if (Token.isUnresolved(name)) {
    return [];
  }
  const problem = (allowed: string): Problem[] => [{ field, given: name, allowed }];
  if (name.length < 3 || name.length > 63) {
    return problem('S3 allows 3 to 63 characters.');
  }
  if (!/^[a-z0-9.-]+$/.test(name)) {
    return problem('S3 allows only lowercase letters, digits, hyphens and dots.');
  }
  if (!/^[a-z0-9].*[a-z0-9]$/.test(name)) {
    return problem('S3 wants a letter or a digit at both ends.');
  }
  if (name.includes('..') || /^\d+\.\d+\.\d+\.\d+$/.test(name)) {
    return problem('S3 refuses two dots in a row and the form of an IP address.');
  }
  if (reservedBucketName.test(name)) {
    return problem('S3 reserves this beginning or ending; choose another.');
  }
  return [];
}

/** Of the bucket for what instances download, which is apart from the uploads. */
export function artifactBucketProblems({
  bucketName,
  artifactBucketName,
}: {
  readonly bucketName: string;
  readonly artifactBucketName: string;
}): Problem[] {
  if (artifactBucketName === bucketName) {
    const allowed =
      'it must differ from bucketName: whoever may upload must not be able to replace the software.';
    return [{ field: 'artifactBucketName', given: artifactBucketName, allowed }];
  }
  // What is wrong with the bucket's name is told once, not again for the name that is made from it.
  return bucketNameProblems('bucketName', bucketName).length > 0
    ? []
    : bucketNameProblems('artifactBucketName', artifactBucketName);
}

/** Names of roles, load balancers and the like are made from it: the shortest of their limits, with what is added. */
export function namePrefixProblems(namePrefix: string): Problem[] {
  return Token.isUnresolved(namePrefix) || /^[a-z][a-z0-9-]{0,30}$/.test(namePrefix)
    ? []
    : [
        {
          field: 'namePrefix',
          given: namePrefix,
          allowed: 'up to 31 lowercase letters, digits and hyphens, a letter first.',
        },
      ];
}

/** Where uploads arrive and where results go: folders of the bucket, neither inside the other. */
export interface Prefixes {
  /** Folder of the bucket that uploads arrive in, as `uploads/`. */
  readonly uploadsPrefix: string;
  /** Folder of the bucket that results go to, as `processed/`; outside of that of the uploads. */
  readonly processedPrefix: string;
}

/** Both prefixes end with a slash, do not begin with one, and neither contains the other: a worker must not process its own output. */
export function prefixProblems({ uploadsPrefix, processedPrefix }: Prefixes): Problem[] {
  const problems = Object.entries({ uploadsPrefix, processedPrefix }).flatMap(([field, given]) =>
    /^[^/\p{Cc}](?:[^\p{Cc}]*[^/\p{Cc}])?\/$/u.test(given) && !given.includes('//') && given.length <= 512
      ? []
      : [
          {
            field,
            given,
            allowed: 'a prefix ends with one "/" and does not begin with "/", as in "uploads/".',
          },
        ],
  );
  if (
    problems.length === 0 &&
    (uploadsPrefix.startsWith(processedPrefix) || processedPrefix.startsWith(uploadsPrefix))
  ) {
    problems.push({
      field: 'processedPrefix',
      given: processedPrefix,
      allowed: `it must lie outside uploadsPrefix (${JSON.stringify(uploadsPrefix)}) and the other way round, or the worker would process its own output.`,
    });
  }
  return problems;
}

/** The size of an Auto Scaling group. */
export interface GroupSize {
  /** Instances that there are at least. */
  readonly minSize: number;
  /** Instances to begin with; scaling owns the number after the first apply. */
  readonly desiredCapacity: number;
  /** Instances that there are at most. */
  readonly maxSize: number;
}

/** min ≤ desired ≤ max, all whole and not negative. */
export function groupSizeProblems({ minSize, desiredCapacity, maxSize }: GroupSize): Problem[] {
  const problems = Object.entries({ minSize, desiredCapacity, maxSize }).flatMap(([field, given]) =>
    Number.isInteger(given) && given >= 0
      ? []
      : [{ field, given, allowed: 'it must be a whole number, 0 or more.' }],
  );
  if (problems.length === 0 && minSize > desiredCapacity) {
    problems.push({
      field: 'minSize',
      given: minSize,
      allowed: `it must not exceed desiredCapacity (${desiredCapacity}).`,
    });
  }
  if (problems.length === 0 && desiredCapacity > maxSize) {
    problems.push({
      field: 'desiredCapacity',
      given: desiredCapacity,
      allowed: `it must not exceed maxSize (${maxSize}).`,
    });
  }
  return problems;
}

/** A network has 16 ranges of addresses for subnets: a private and a public one for each zone. */
const mostZones = 8;

/** Two to eight different zones, all of the region. */
export function zoneProblems(region: string, availabilityZones: readonly string[]): Problem[] {
  const problem = (allowed: string): Problem[] => [
    { field: 'availabilityZones', given: availabilityZones, allowed },
  ];
  if (availabilityZones.length < 2) {
    return problem(`name at least 2 zones, as in ["${region}a", "${region}b"]: one may fail.`);
  }
  if (new Set(availabilityZones).size < availabilityZones.length) {
    return problem('each zone may be named once.');
  }
  if (availabilityZones.length > mostZones) {
    return problem(`name up to ${mostZones} zones: the network has room for no more subnets.`);
  }
  const elsewhere = availabilityZones.filter(
    (zone) => !zone.startsWith(region) || !/^(?:[a-z]|-[a-z0-9-]+)$/.test(zone.slice(region.length)),
  );
  if (elsewhere.length > 0) {
    return problem(`${elsewhere.join(', ')} is no zone of the region ${region}.`);
  }
  return [];
}

/**
 * SQS's rules for the name of a standard queue.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
 */
export function queueNameProblems(field: string, name: string): Problem[] {
  // The name of another resource, which only Terraform knows.
  if (Token.isUnresolved(name)) {
    return [];
  }
  const longest = 80 - '-undelivered'.length;
  if (name.endsWith('.fifo')) {
    return [
      {
        field,
        given: name,
        allowed: 'S3 and its SNS notifications cannot deliver to a FIFO queue; use a standard queue.',
      },
    ];
  }
  return /^[A-Za-z0-9_-]+$/.test(name) && name.length <= longest
    ? []
    : [
        {
          field,
          given: name,
          allowed: `SQS allows letters, digits, hyphens and underscores, here up to ${longest} characters, since the dead-letter queues add to it.`,
        },
      ];
}

/** A threshold of messages. */
export function thresholdProblems(field: string, given: number): Problem[] {
  return Number.isInteger(given) && given >= 0
    ? []
    : [{ field, given, allowed: 'it must be a whole number of messages, 0 or more.' }];
}

/** A target of waiting messages for each instance. */
export function backlogProblems(given: number): Problem[] {
  return Number.isFinite(given) && given > 0
    ? []
    : [{ field: 'backlogPerInstance', given, allowed: 'it must be a number of messages, more than 0.' }];
}

/** Which key encrypts: the services' own, one that is made, or one that stands already. */
export function encryptionKeyProblems(given: string): Problem[] {
  return Token.isUnresolved(given) ||
    /^(aws|customer|arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+)$/.test(given)
    ? []
    : [
        {
          field: 'encryptionKey',
          given,
          allowed:
            'it must be "aws", "customer", or the ARN of a key: arn:aws:kms:<region>:<account>:key/<id>.',
        },
      ];
}

/** A whole number within bounds; the sentence says what is allowed. */
export function wholeNumberProblems(
  field: string,
  given: number,
  least: number,
  most: number,
  allowed: string,
): Problem[] {
  return Number.isInteger(given) && given >= least && given <= most ? [] : [{ field, given, allowed }];
}

/** How many tasks a worker may do at a time. */
export function tasksPerInstanceProblems(given: number | undefined): Problem[] {
  const allowed = 'it must be a whole number from 1 to 1000.';
  return given === undefined ? [] : wholeNumberProblems('tasksPerInstance', given, 1, 1_000, allowed);
}

/** SQS extends a message's visibility to 12 hours at the most. */
const longestVisibility = 43_200;

/** How long a message may be hidden at first. */
export function visibilityTimeoutProblems(given: number): Problem[] {
  const allowed = 'it must be a whole number of seconds from 1 to 43200 (12 hours).';
  return wholeNumberProblems('visibilityTimeoutSeconds', given, 1, longestVisibility, allowed);
}

/** How long a message may be hidden in all, and so how long a task may take. */
export function taskSecondsProblems(given: number): Problem[] {
  const allowed =
    'it must be a whole number of seconds from 1 to 43200: SQS hides a message for 12 hours at the most; divide longer tasks.';
  return wholeNumberProblems('longestTaskSeconds', given, 1, longestVisibility, allowed);
}

/**
 * How often a message may be received before it is moved.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 */
export function maxReceiveCountProblems(given: number): Problem[] {
  const allowed = 'it must be a whole number from 1 to 1000.';
  return wholeNumberProblems('maxReceiveCount', given, 1, 1_000, allowed);
}
