import { type Problem, groupSizeProblems } from '../validation';
import { loadBalancerNameProblems, loadBalancerProblems } from './load-balancer-choices';
import type { WebTierProps } from './web-tier';

/** What a person chooses for the web tier of a whole pipeline. */
export interface WebChoices {
  /** A site for people behind a load balancer. @default false */
  readonly webTier?: boolean | undefined;
  /** Path of the archive with Node and the site; the web tier needs it. @default none */
  readonly webArtifact?: string | undefined;
  /** Web instances that there are at least. @default 2 */
  readonly webMinSize?: number | undefined;
  /** Web instances to begin with; scaling owns the number after the first apply. @default 2 */
  readonly webDesiredCapacity?: number | undefined;
  /** Web instances that there are at most. @default 4 */
  readonly webMaxSize?: number | undefined;
  /** Requests a minute for each web instance that scaling keeps to. @default 1000 */
  readonly webRequestsPerTarget?: number | undefined;
  /** ARN of the ACM certificate for HTTPS; HTTP is then redirected to it. @default none: HTTP only, for a demonstration */
  readonly webCertificateArn?: string | undefined;
  /** Refuses to delete the load balancer, also to Terraform. @default false */
  readonly webDeletionProtection?: boolean | undefined;
  /** Bucket for the load balancer's access logs; its policy must let Elastic Load Balancing put them. @default none */
  readonly webAccessLogBucketName?: string | undefined;
}

type WebSettings = Pick<
  WebTierProps,
  | 'name'
  | 'minSize'
  | 'desiredCapacity'
  | 'maxSize'
  | 'requestsPerTarget'
  | 'certificateArn'
  | 'deletionProtection'
  | 'accessLogBucketName'
>;

/** The choices in the words of a web tier. */
export function webSettings(namePrefix: string, choices: WebChoices): WebSettings {
  return {
    name: `${namePrefix}-web`,
    minSize: choices.webMinSize ?? 2,
    desiredCapacity: choices.webDesiredCapacity ?? 2,
    maxSize: choices.webMaxSize ?? 4,
    requestsPerTarget: choices.webRequestsPerTarget,
    certificateArn: choices.webCertificateArn,
    deletionProtection: choices.webDeletionProtection,
    accessLogBucketName: choices.webAccessLogBucketName,
  };
}

/** What AWS or this architecture would refuse, in the words of the choices; nothing without a web tier. */
export function webProblems(namePrefix: string, choices: WebChoices): Problem[] {
  if (choices.webTier !== true) {
    return [];
  }
  const settings = webSettings(namePrefix, choices);
  const { webArtifact, webRequestsPerTarget = 1 } = choices;
  return [
    ...loadBalancerNameProblems('namePrefix', settings.name).map((problem) => ({
      ...problem,
      given: namePrefix,
      allowed: `with a web tier it may have up to 28 characters: ${settings.name} names a load balancer, which AWS allows 32.`,
    })),
    ...[...groupSizeProblems(settings), ...loadBalancerProblems(settings)].map(inWordsOfChoices),
    ...(webArtifact === undefined
      ? [
          {
            field: 'webArtifact',
            given: webArtifact,
            allowed: 'the web tier needs it; make it with: npm run build',
          },
        ]
      : []),
    ...(webRequestsPerTarget > 0
      ? []
      : [{ field: 'webRequestsPerTarget', given: webRequestsPerTarget, allowed: 'it must be more than 0.' }]),
  ];
}

function inWordsOfChoices({ field, given, allowed }: Problem): Problem {
  const choice = (name: string): string => `web${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return {
    field: choice(field),
    given,
    allowed: allowed.replaceAll(/\b(?:minSize|desiredCapacity|maxSize)\b/g, choice),
  };
}
