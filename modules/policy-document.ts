/** One condition operator with its keys, e.g. `{ ArnEquals: { 'aws:SourceArn': … } }`. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** One statement of an IAM policy, in IAM's own words. */
export interface PolicyStatement {
  readonly Sid: string;
  /** @default Allow */
  readonly Effect?: 'Allow' | 'Deny';
  /** Left out in the policies of roles. */
  readonly Principal?: '*' | Readonly<Record<string, string | readonly string[]>>;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Conditions;
}

/** An IAM policy document as JSON; tokens of CDKTF in it are resolved at synthesis. */
export function policyDocument(...statements: readonly PolicyStatement[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map(({ Sid, Effect = 'Allow', ...rest }) => ({ Sid, Effect, ...rest })),
  });
}

/** Refuses whatever does not come over TLS. */
export function tlsOnly(actions: string, resources: string | readonly string[]): PolicyStatement {
  return {
    Sid: 'DenyInsecureTransport',
    Effect: 'Deny',
    Principal: '*',
    Action: actions,
    Resource: resources,
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

/** Lets a service of AWS take on a role. */
export function assumedBy(service: string): string {
  return policyDocument({ Sid: 'Assume', Principal: { Service: service }, Action: 'sts:AssumeRole' });
}

/** What a role does with a customer-managed KMS key: it asks for data keys to encrypt with, and has data keys decrypted. */
const keyUses = {
  encrypt: ['kms:GenerateDataKey'],
  decrypt: ['kms:Decrypt'],
  encryptDecrypt: ['kms:GenerateDataKey', 'kms:Decrypt'],
} as const;

/** Lets a role use a customer-managed KMS key; nothing where there is none, since AWS's own keys need no permission. */
export function useOfKey(
  Sid: string,
  keyArn: string | undefined,
  use: keyof typeof keyUses,
): PolicyStatement[] {
  return keyArn === undefined ? [] : [{ Sid, Action: keyUses[use], Resource: keyArn }];
}
