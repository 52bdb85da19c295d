/** A host name or address, with a port or without. */
const HOST = /^(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?$/iu;

/**
 * Origin of the site as the browser knows it: the load balancer leaves the Host header as it is and adds
 * X-Forwarded-Proto.
 *
 * @returns `http://localhost` for a Host header that is none
 */
export function siteOrigin(headers: Readonly<Record<string, string>>): string {
  const host = headers.host ?? '';
  const scheme = headers['x-forwarded-proto'] === 'https' ? 'https' : 'http';
  return HOST.test(host) ? `${scheme}://${host}` : 'http://localhost';
}
