import type { Action, RedirectActionConfig } from '@aws-sdk/client-elastic-load-balancing-v2';

import type { Clock } from '../../clock';
import { Balancer } from '../balance/algorithm';
import { type ResponseCookies, Sticky } from '../balance/stickiness';
import type { Target } from '../health/target';
import type { OwnAnswer } from '../proxy/answers';
import type { Destination, Matched } from '../proxy/destination';
import type { Peer } from '../proxy/forwarded-head';
import type { RequestHead } from '../proxy/request-head';
import type { Listener, Rule, TargetGroup } from '../resources';
import { type Matcher, hostName, matcher } from './conditions';

/** What happens with a request that a rule applies to. */
type Route = (request: RequestHead, peer: Peer) => Destination | OwnAnswer;

/** A rule, ready for requests. */
interface CompiledRule {
  readonly matchers: readonly Matcher[];
  readonly route: Route;
}

/** What routes need to know beyond their listener. */
export interface RouterWorld {
  readonly clock: Clock;
  readonly targetGroup: (arn: string) => TargetGroup | undefined;
  /** Where this machine reaches a target; `undefined` for one that cannot be reached. */
  readonly addressOf: (
    group: TargetGroup,
    target: Target,
  ) => { readonly host: string; readonly port: number } | undefined;
  /** The local port where a listener's port is to be found, for redirects from one listener to another. */
  readonly localPort: (listener: Listener, port: number) => number | undefined;
}

interface Weighted {
  readonly group: TargetGroup;
  readonly matched: Matched;
  readonly weight: number;
}

/** No target to send it to. Source: load-balancer-troubleshooting.html, «HTTP 503». */
const noTargets: OwnAnswer = { status: 503 };

/** A target that cannot be reached at all refuses the connection. Source: the same, «HTTP 502». */
const unreachable: OwnAnswer = { status: 502 };

/** Finds for each request its rule and its target. One for all listeners: balancers and sticky cookies go on when rules change. */
export class Router {
  private readonly balancers = new WeakMap<TargetGroup, Balancer>();
  private readonly sticky: Sticky;

  constructor(private readonly world: RouterWorld) {
    this.sticky = new Sticky(world.clock);
  }

  /** The rules of a listener as one function. */
  compile(listener: Listener, localPort: number): Route {
    const rules = listener.rules.map((rule) => this.compileRule(rule, listener, localPort));
    return (request, peer) => {
      for (const { matchers, route } of rules) {
        if (matchers.every((matches) => matches(request, peer))) {
          return route(request, peer);
        }
      }
      return noTargets;
    };
  }

  private compileRule(rule: Rule, listener: Listener, localPort: number): CompiledRule {
    const last = rule.actions.at(-1);
    return {
      matchers: rule.conditions.map(matcher),
      route: last === undefined ? () => noTargets : this.compileAction(last, rule, listener, localPort),
    };
  }

  private compileAction(action: Action, rule: Rule, listener: Listener, localPort: number): Route {
    const priority = priorityOf(rule);
    const { FixedResponseConfig: fixed, RedirectConfig: redirect } = action;
    if (action.Type === 'fixed-response' && fixed !== undefined) {
      const answer: OwnAnswer = {
        status: Number(fixed.StatusCode),
        contentType: fixed.ContentType ?? 'text/plain',
        body: fixed.MessageBody ?? '',
        matched: { priority, action: 'fixed-response' },
      };
      return () => answer;
    }
    if (action.Type === 'redirect' && redirect !== undefined) {
      const matched: Matched = { priority, action: 'redirect' };
      return (request) => ({
        status: redirect.StatusCode === 'HTTP_301' ? 301 : 302,
        location: this.location(redirect, request, listener, localPort),
        matched,
      });
    }
    return this.compileForward(action, rule, listener.protocol === 'HTTPS');
  }

  private compileForward({ ForwardConfig }: Action, rule: Rule, secure: boolean): Route {
    const groups = (ForwardConfig?.TargetGroups ?? []).flatMap(
      ({ TargetGroupArn = '', Weight = 1 }): Weighted[] => {
        const group = this.world.targetGroup(TargetGroupArn);
        const matched: Matched = {
          priority: priorityOf(rule),
          action: 'forward',
          targetGroupArn: TargetGroupArn,
        };
        return group === undefined ? [] : [{ group, matched, weight: Weight }];
      },
    );
    const [only] = groups;
    if (only !== undefined && groups.length === 1) {
      return only.weight === 0
        ? () => ({ ...noTargets, matched: only.matched })
        : (request) => this.toGroup(only, request, '', secure);
    }
    const stickiness = ForwardConfig?.TargetGroupStickinessConfig;
    const seconds = stickiness?.Enabled === true ? (stickiness.DurationSeconds ?? 3_600) : undefined;
    return (request) => {
      const kept = seconds === undefined ? undefined : this.sticky.group(rule.arn, request.cookie);
      const chosen = groups.find(({ group: { arn } }) => arn === kept) ?? byWeight(groups);
      if (chosen === undefined) {
        return noTargets;
      }
      const cookies =
        seconds === undefined ? '' : this.sticky.groupCookies(rule.arn, chosen.group.arn, seconds, secure);
      return this.toGroup(chosen, request, cookies, secure);
    };
  }

  private toGroup(
    { group, matched }: Weighted,
    request: RequestHead,
    extraCookies: string,
    secure: boolean,
  ): Destination | OwnAnswer {
    const target = this.sticky.target(group, request.cookie) ?? this.balancer(group).choose();
    if (target === undefined) {
      return { ...noTargets, matched };
    }
    const address = this.world.addressOf(group, target);
    if (address === undefined) {
      return { ...unreachable, matched };
    }
    const own = this.sticky.cookies(group, target, request, secure);
    const cookies: ResponseCookies = extraCookies === '' ? own : (set) => extraCookies + own(set);
    const tls = group.protocol === 'HTTPS';
    return { target, address: { ...address, tls }, cookies, tally: group.tally, matched };
  }

  private balancer(group: TargetGroup): Balancer {
    let balancer = this.balancers.get(group);
    if (balancer === undefined) {
      balancer = new Balancer(group, this.world.clock);
      this.balancers.set(group, balancer);
    }
    return balancer;
  }

  /**
   * Where a redirect leads. A port that is another listener's of the same load balancer is that listener's local port.
   * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html#redirect-actions
   */
  private location(
    {
      Protocol = '#{protocol}',
      Host = '#{host}',
      Port = '#{port}',
      Path = '/#{path}',
      Query = '#{query}',
    }: RedirectActionConfig,
    request: RequestHead,
    listener: Listener,
    localPort: number,
  ): string {
    const said: Readonly<Record<string, string>> = {
      protocol: listener.protocol,
      host: hostName(request.host),
      port: String(localPort),
      path: request.path.slice(1),
      query: request.query,
    };
    const filled = (template: string): string =>
      template.replace(/#\{(protocol|host|port|path|query)\}/g, (_all, name: string) => said[name] ?? '');
    const protocol = filled(Protocol).toLowerCase();
    const asked = filled(Port);
    const port = Port === '#{port}' ? asked : String(this.world.localPort(listener, Number(asked)) ?? asked);
    const shownPort = port === (protocol === 'https' ? '443' : '80') ? '' : `:${port}`;
    const query = filled(Query);
    return `${protocol}://${filled(Host)}${shownPort}${filled(Path)}${query === '' ? '' : `?${query}`}`;
  }
}

/** Access logs have 0 for the default rule. */
function priorityOf({ priority }: Rule): number {
  return priority === 'default' ? 0 : priority;
}

/** One of several groups, as often as its weight says; one of weight 0 never. */
function byWeight(groups: readonly Weighted[]): Weighted | undefined {
  const total = groups.reduce((sum, { weight }) => sum + weight, 0);
  let left = Math.random() * total;
  for (const candidate of groups) {
    left -= candidate.weight;
    if (left < 0) {
      return candidate;
    }
  }
  return undefined;
}
