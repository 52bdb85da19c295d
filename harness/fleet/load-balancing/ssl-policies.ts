import type { SslPolicy } from '@aws-sdk/client-elastic-load-balancing-v2';

import { ServiceError } from '../protocol/errors';

const tls13 = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];
const forwardSecretGcm = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
];
const forwardSecretSha2 = [
  'ECDHE-ECDSA-AES128-SHA256',
  'ECDHE-RSA-AES128-SHA256',
  'ECDHE-ECDSA-AES256-SHA384',
  'ECDHE-RSA-AES256-SHA384',
];
const forwardSecretSha1 = [
  'ECDHE-ECDSA-AES128-SHA',
  'ECDHE-RSA-AES128-SHA',
  'ECDHE-RSA-AES256-SHA',
  'ECDHE-ECDSA-AES256-SHA',
];
const rsaSha2 = ['AES128-GCM-SHA256', 'AES128-SHA256', 'AES256-GCM-SHA384', 'AES256-SHA256'];
const rsaSha1 = ['AES128-SHA', 'AES256-SHA'];

interface Policy {
  readonly protocols: readonly ('TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3')[];
  readonly ciphers: readonly string[];
}

const old = ['TLSv1', 'TLSv1.1', 'TLSv1.2'] as const;
const oldCiphers = [...forwardSecretGcm, ...forwardSecretSha2, ...forwardSecretSha1, ...rsaSha2, ...rsaSha1];
const no13 = ['TLSv1.2'] as const;
const with13 = ['TLSv1.2', 'TLSv1.3'] as const;

/** Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html */
const policies: Readonly<Record<string, Policy>> = {
  'ELBSecurityPolicy-2016-08': { protocols: old, ciphers: oldCiphers },
  'ELBSecurityPolicy-TLS-1-1-2017-01': { protocols: ['TLSv1.1', 'TLSv1.2'], ciphers: oldCiphers },
  'ELBSecurityPolicy-TLS-1-2-2017-01': {
    protocols: no13,
    ciphers: [...forwardSecretGcm, ...forwardSecretSha2, ...rsaSha2],
  },
  'ELBSecurityPolicy-TLS-1-2-Ext-2018-06': { protocols: no13, ciphers: oldCiphers },
  'ELBSecurityPolicy-FS-1-2-2019-08': {
    protocols: no13,
    ciphers: [...forwardSecretGcm, ...forwardSecretSha2, ...forwardSecretSha1],
  },
  'ELBSecurityPolicy-FS-1-2-Res-2019-08': {
    protocols: no13,
    ciphers: [...forwardSecretGcm, ...forwardSecretSha2],
  },
  'ELBSecurityPolicy-FS-1-2-Res-2020-10': { protocols: no13, ciphers: forwardSecretGcm },
  'ELBSecurityPolicy-TLS13-1-3-2021-06': { protocols: ['TLSv1.3'], ciphers: tls13 },
  'ELBSecurityPolicy-TLS13-1-2-Res-2021-06': { protocols: with13, ciphers: [...tls13, ...forwardSecretGcm] },
  'ELBSecurityPolicy-TLS13-1-2-2021-06': {
    protocols: with13,
    ciphers: [...tls13, ...forwardSecretGcm, ...forwardSecretSha2],
  },
  'ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06': {
    protocols: with13,
    ciphers: [...tls13, ...forwardSecretGcm, ...forwardSecretSha2, ...rsaSha2],
  },
  'ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06': { protocols: with13, ciphers: [...tls13, ...oldCiphers] },
};

/** The policy of a listener that names none, made by the API or the CLI. */
export const usualSslPolicy = 'ELBSecurityPolicy-2016-08';

/** @throws ServiceError SSLPolicyNotFound */
function policyOf(name: string): Policy {
  const policy = policies[name];
  if (policy === undefined) {
    throw new ServiceError(
      'SSLPolicyNotFound',
      `SSL policy '${name}' not found. Known here: ${Object.keys(policies).join(', ')}`,
    );
  }
  return policy;
}

/** @throws ServiceError SSLPolicyNotFound */
export function checkSslPolicy(name: string): void {
  policyOf(name);
}

/** The policies of these names, or all, as the API shows them. */
export function describeSslPolicies(names: readonly string[] | undefined): SslPolicy[] {
  return (names ?? Object.keys(policies)).map((Name) => {
    const { protocols, ciphers } = policyOf(Name);
    return {
      Name,
      SslProtocols: [...protocols],
      Ciphers: ciphers.map((cipher, index) => ({ Name: cipher, Priority: index + 1 })),
      SupportedLoadBalancerTypes: ['application'],
    };
  });
}

/** What a TLS server is told of a policy. OpenSSL keeps the versions before 1.2 for security levels below its default. */
export function tlsSettings(name = usualSslPolicy): {
  readonly minVersion: Policy['protocols'][number];
  readonly maxVersion: Policy['protocols'][number];
  readonly ciphers: string;
} {
  const { protocols, ciphers } = policyOf(name);
  return {
    minVersion: protocols[0] ?? 'TLSv1.2',
    maxVersion: protocols.at(-1) ?? 'TLSv1.3',
    ciphers: ciphers.join(':'),
  };
}
