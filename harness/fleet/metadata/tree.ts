/** A value, or one that is made when it is read. */
export type MetadataLeaf = string | Buffer | (() => Promise<string>);

/** A leaf or a folder. */
export type MetadataNode = MetadataLeaf | { readonly [name: string]: MetadataNode | undefined };

/** Temporary credentials of an instance's role. */
export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** The role that an instance has by its instance profile. */
export interface InstanceRole {
  readonly name: string;
  readonly instanceProfileArn: string;
  /** Gives credentials that are valid for a while to come; `undefined` where EC2 may not assume the role. */
  readonly credentials: () => Promise<RoleCredentials | undefined>;
}

/** What the metadata of an instance tells. */
export interface InstanceFacts {
  readonly instanceId: string;
  readonly instanceType: string;
  readonly imageId: string;
  readonly accountId: string;
  readonly region: string;
  readonly availabilityZone: string;
  readonly privateIpAddress: string;
  /** Where the body of the instance listens, known once it is up. @see Body.address */
  readonly listenAddress: () => Promise<string | undefined>;
  readonly userData: Buffer;
  readonly role: InstanceRole | undefined;
  /** Where its Auto Scaling group wants it: `InService`, `Terminated`, …; `undefined` outside of a group. */
  readonly targetLifecycleState: string | undefined;
}

const time = (date: Date): string => `${date.toISOString().slice(0, -5)}Z`;

function iam(role: InstanceRole): MetadataNode {
  return {
    info: JSON.stringify({ Code: 'Success', InstanceProfileArn: role.instanceProfileArn }, undefined, 2),
    'security-credentials': {
      [role.name]: async () =>
        JSON.stringify(
          { ...told(role.name, await role.credentials()), LastUpdated: time(new Date()) },
          undefined,
          2,
        ),
    },
  };
}

/** Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html */
function told(roleName: string, credentials: RoleCredentials | undefined): object {
  if (credentials === undefined) {
    return {
      Code: 'AssumeRoleUnauthorizedAccess',
      Message: `EC2 cannot assume the role ${roleName}. Please see documentation at https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html#troubleshoot_iam-ec2_errors-info-doc.`,
    };
  }
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials;
  return {
    Code: 'Success',
    Type: 'AWS-HMAC',
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
    Expiration: time(expiration),
  };
}

/**
 * Everything under the metadata service's root, for one instance.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-metadata.html
 */
export function metadataTree(facts: InstanceFacts): Readonly<Record<string, MetadataNode | undefined>> {
  const {
    instanceId,
    instanceType,
    imageId,
    accountId,
    region,
    availabilityZone,
    privateIpAddress,
    listenAddress,
    userData,
  } = facts;
  const hostName = `ip-${privateIpAddress.replaceAll('.', '-')}.${region}.compute.internal`;
  const identity = {
    accountId,
    architecture: 'x86_64',
    availabilityZone,
    imageId,
    instanceId,
    instanceType,
    privateIp: privateIpAddress,
    region,
    version: '2017-09-30',
  };
  return {
    latest: {
      dynamic: { 'instance-identity': { document: JSON.stringify(identity, undefined, 2) } },
      'meta-data': {
        'ami-id': imageId,
        ...(facts.targetLifecycleState === undefined
          ? {}
          : { autoscaling: { 'target-lifecycle-state': facts.targetLifecycleState } }),
        hostname: hostName,
        ...(facts.role === undefined ? {} : { iam: iam(facts.role) }),
        'instance-id': instanceId,
        'instance-type': instanceType,
        'local-hostname': hostName,
        // On EC2 a server that listens here is reached by its load balancer; so it is here.
        'local-ipv4': async () => (await listenAddress()) ?? privateIpAddress,
        placement: { 'availability-zone': availabilityZone, region },
        services: { domain: 'amazonaws.com', partition: 'aws' },
      },
      // EC2 answers 404 for an instance without user data.
      'user-data': userData.length === 0 ? undefined : userData,
    },
  };
}
