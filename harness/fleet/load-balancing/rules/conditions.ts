import { BlockList, isIP } from 'node:net';

import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';

import type { Peer } from '../proxy/forwarded-head';
import { type RequestHead, headerValues } from '../proxy/request-head';

/** Whether a request is one that a condition is about. */
export type Matcher = (request: RequestHead, peer: Peer) => boolean;

/** `*` is any run of characters, `?` any one, and `\` takes a special meaning away. */
function pattern(text: string, flags: '' | 'i'): RegExp {
  const source = text.replace(/\\[*?\\]|[*?]|[.+^${}()|[\]\\/-]/g, (special) =>
    special === '*' ? '.*' : special === '?' ? '.' : special.length === 2 ? special : `\\${special}`,
  );
  return new RegExp(`^${source}$`, `s${flags}`);
}

function anyOf(values: readonly string[] | undefined, flags: '' | 'i'): (text: string) => boolean {
  const patterns = (values ?? []).map((value) => pattern(value, flags));
  return (text) => patterns.some((each) => each.test(text));
}

/** The name without its port, as conditions on hosts compare it. */
export function hostName(host: string | undefined): string {
  return (host ?? '').replace(/:\d+$/, '');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** The parameters of a query, as they stand and decoded: either may be what the condition says. */
function parameters(query: string): (readonly [string, string])[] {
  return query
    .split('&')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const equals = part.indexOf('=');
      const pair =
        equals === -1 ? ([part, ''] as const) : ([part.slice(0, equals), part.slice(equals + 1)] as const);
      return [pair, [decoded(pair[0]), decoded(pair[1])] as const];
    });
}

function queryMatcher(condition: RuleCondition): Matcher {
  const wanted = (condition.QueryStringConfig?.Values ?? []).map(({ Key, Value = '' }) => ({
    key: Key === undefined ? undefined : pattern(Key, 'i'),
    value: pattern(Value, 'i'),
  }));
  return ({ query }) =>
    query !== '' &&
    parameters(query).some(([name, content]) =>
      wanted.some(({ key, value }) => (key === undefined || key.test(name)) && value.test(content)),
    );
}

function headerMatcher(condition: RuleCondition): Matcher {
  const { HttpHeaderName = '', Values } = condition.HttpHeaderConfig ?? {};
  const name = HttpHeaderName.toLowerCase();
  const matches = anyOf(Values, 'i');
  return (request) => headerValues(request, name).some(matches);
}

function sourceMatcher(condition: RuleCondition): Matcher {
  const list = new BlockList();
  for (const cidr of condition.SourceIpConfig?.Values ?? []) {
    const [address = '', bits] = cidr.split('/');
    list.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return (_request, { address }) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/**
 * What a condition of a rule matches. Hosts, header values and queries are compared without case, paths and methods
 * with it; a path condition sees no query.
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 */
export function matcher(condition: RuleCondition): Matcher {
  switch (condition.Field ?? '') {
    case 'host-header': {
      const matches = anyOf(condition.HostHeaderConfig?.Values, 'i');
      return ({ host }) => matches(hostName(host));
    }
    case 'path-pattern': {
      const matches = anyOf(condition.PathPatternConfig?.Values, '');
      return ({ path }) => matches(path);
    }
    case 'http-request-method': {
      const methods = condition.HttpRequestMethodConfig?.Values ?? [];
      return ({ method }) => methods.includes(method);
    }
    case 'http-header':
      return headerMatcher(condition);
    case 'query-string':
      return queryMatcher(condition);
    case 'source-ip':
      return sourceMatcher(condition);
    default:
      return () => false;
  }
}
