import type { Lab } from './lab';

/**
 * Where the site is reached on this machine: a listener of the load balancer has a port of its own here, since 80 and 443
 * are not for everyone to take.
 *
 * @returns `http://127.0.0.1:…`; undefined where no web tier was applied
 */
export function siteAddress({ outputs, fleet }: Pick<Lab, 'outputs' | 'fleet'>): string | undefined {
  const { siteUrl, loadBalancerDnsName } = outputs;
  if (siteUrl === undefined) {
    return undefined;
  }
  const port = siteUrl.startsWith('https:') ? 443 : 80;
  return fleet
    .loadBalancers()
    .find(({ dnsName }) => dnsName === loadBalancerDnsName)
    ?.listeners.find((listener) => listener.port === port)?.url;
}
