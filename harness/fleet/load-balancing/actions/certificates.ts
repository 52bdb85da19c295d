import type {
  AddListenerCertificatesInput,
  AddListenerCertificatesOutput,
  Certificate,
  DescribeListenerCertificatesInput,
  DescribeListenerCertificatesOutput,
  RemoveListenerCertificatesInput,
} from '@aws-sdk/client-elastic-load-balancing-v2';

import { ServiceError } from '../../protocol/errors';
import type { ActionHandlers } from '../../protocol/query-service';
import { checkLimit } from '../limits';
import { page } from '../paging';
import type { Listener } from '../resources';
import type { Store } from '../store';

const certificateArn = /^arn:aws[\w-]*:(acm:[\w-]+:\d{12}:certificate|iam::\d{12}:server-certificate)\/.+$/;

/**
 * ARNs of certificates. Whether they exist is not asked: the listener has a certificate of its own making on this
 * machine, whatever it has on AWS.
 *
 * @throws ServiceError CertificateNotFound for what is no ARN of a certificate.
 */
export function certificateArns(certificates: readonly Certificate[] | undefined): string[] {
  return (certificates ?? []).map(({ CertificateArn = '' }) => {
    if (!certificateArn.test(CertificateArn)) {
      throw new ServiceError('CertificateNotFound', `Certificate ARN '${CertificateArn}' is not valid`);
    }
    return CertificateArn;
  });
}

/** The actions on the certificates of listeners. */
export function certificateActions(store: Store): ActionHandlers {
  function secure(arn: string | undefined): Listener {
    const listener = store.listener(arn);
    if (listener.protocol !== 'HTTPS') {
      throw new ServiceError(
        'InvalidConfigurationRequest',
        `Certificates cannot be specified for the HTTP listener '${listener.arn}'`,
      );
    }
    return listener;
  }

  return {
    AddListenerCertificates: (input: AddListenerCertificatesInput): AddListenerCertificatesOutput => {
      const listener = secure(input.ListenerArn);
      const added = certificateArns(input.Certificates);
      const certificates = [...new Set([...listener.certificates, ...added])];
      const others = store.listenersOf(listener.loadBalancer).filter((other) => other !== listener);
      const beside = others.flatMap((other) => other.certificates.slice(1));
      checkLimit('certificates-per-application-load-balancer', beside.length + certificates.length - 1);
      listener.certificates = certificates;
      return { Certificates: added.map((CertificateArn) => ({ CertificateArn, IsDefault: false })) };
    },

    RemoveListenerCertificates: (input: RemoveListenerCertificatesInput): void => {
      const listener = secure(input.ListenerArn);
      const removed = certificateArns(input.Certificates);
      const [standard = ''] = listener.certificates;
      if (removed.includes(standard)) {
        throw new ServiceError(
          'OperationNotPermitted',
          `Default certificate '${standard}' cannot be removed`,
        );
      }
      listener.certificates = listener.certificates.filter((arn) => !removed.includes(arn));
    },

    DescribeListenerCertificates: (
      input: DescribeListenerCertificatesInput,
    ): DescribeListenerCertificatesOutput => {
      const { items, nextMarker } = page(secure(input.ListenerArn).certificates, input);
      return {
        Certificates: items.map((CertificateArn, index) => ({
          CertificateArn,
          IsDefault: input.Marker === undefined && index === 0,
        })),
        NextMarker: nextMarker,
      };
    },
  };
}
