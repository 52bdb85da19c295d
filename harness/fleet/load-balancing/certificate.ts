import { generate } from 'selfsigned';

/** A certificate with its key, as TLS servers take them. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate for a load balancer on this machine, signed by itself: no authority signs names that lead here. */
export async function makeCertificate(dnsName: string): Promise<Certificate> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: dnsName.slice(0, 64) }], {
    algorithm: 'sha256',
    keyType: 'ec',
    curve: 'P-256',
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: dnsName },
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { cert, key };
}
