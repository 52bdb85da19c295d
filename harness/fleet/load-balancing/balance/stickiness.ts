import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

import type { Clock } from '../../clock';
import { isOn, numberOf } from '../attributes';
import type { Target } from '../health/target';
import { type RequestHead, headerValues } from '../proxy/request-head';
import type { TargetGroup } from '../resources';
import { routableTargets } from './algorithm';

/** The cookies that the load balancer adds to a response, as header lines, once the target's own are known. */
export type ResponseCookies = (setByTarget: readonly string[]) => string;

export const noCookies: ResponseCookies = () => '';

/** Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/sticky-sessions.html */
const names = { duration: 'AWSALB', application: 'AWSALBAPP-0', group: 'AWSALBTG' } as const;

/** How long a client keeps the cookie beside an application's: 7 days, whatever the duration. Source: the same page. */
const applicationSeconds = 604_800;

/** The value of a cookie in a request. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  if (header === undefined) {
    return undefined;
  }
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals !== -1 && pair.slice(0, equals).trim() === name) {
      return pair.slice(equals + 1).trim();
    }
  }
  return undefined;
}

/** Cookies that clients cannot make up: what they say, until when, and a seal. AWS encrypts its own. */
export class Sticky {
  private readonly key = randomBytes(32);

  constructor(private readonly clock: Clock) {}

  /** The target that a client was sent to before, while it can take requests. */
  target(group: TargetGroup, cookies: string | undefined): Target | undefined {
    if (cookies === undefined || !isOn(group.attributes, 'stickiness.enabled')) {
      return undefined;
    }
    const key = isByApplication(group)
      ? this.applicationSession(group, cookies)
      : this.saidByEither(cookies, names.duration, group.arn);
    const target = key === undefined ? undefined : group.targets.get(key);
    return target !== undefined && routableTargets(group).includes(target) ? target : undefined;
  }

  /** The target group that a client was sent to before by a rule with several. */
  group(ruleArn: string, cookies: string | undefined): string | undefined {
    return this.saidByEither(cookies, names.group, ruleArn);
  }

  /** What a cookie says, or its twin where a site is asked from another one. */
  private saidByEither(cookies: string | undefined, name: string, scope: string): string | undefined {
    return (
      this.unseal(cookieOf(cookies, name), scope) ?? this.unseal(cookieOf(cookies, `${name}CORS`), scope)
    );
  }

  /** The target of a session that the application still keeps: clients send its cookie and the load balancer's. */
  private applicationSession(group: TargetGroup, cookies: string | undefined): string | undefined {
    return cookieOf(cookies, applicationCookie(group)) === undefined
      ? undefined
      : this.unseal(cookieOf(cookies, names.application), group.arn);
  }

  /** What keeps the client with its target. @param secure whether it came by HTTPS. */
  cookies(group: TargetGroup, target: Target, request: RequestHead, secure: boolean): ResponseCookies {
    if (!isOn(group.attributes, 'stickiness.enabled')) {
      return noCookies;
    }
    if (!isByApplication(group)) {
      const seconds = numberOf(group.attributes, 'stickiness.lb_cookie.duration_seconds');
      return () => this.lines(names.duration, target.key, group.arn, seconds, secure);
    }
    const name = applicationCookie(group);
    const goesOn = this.applicationSession(group, request.cookie) !== undefined;
    return (setByTarget) =>
      goesOn || setByTarget.some((cookie) => cookie.startsWith(`${name}=`))
        ? this.applicationLine(group, target, request, secure)
        : '';
  }

  /** What keeps the client with its target group. @param secure whether it came by HTTPS. */
  groupCookies(ruleArn: string, groupArn: string, seconds: number, secure: boolean): string {
    return this.lines(names.group, groupArn, ruleArn, seconds, secure);
  }

  /** Each cookie twice: the second is for requests from other sites, which need SameSite=None and Secure. */
  private lines(name: string, value: string, scope: string, seconds: number, secure: boolean): string {
    const until = this.clock.later(seconds);
    const sealed = this.seal(value, scope, until);
    const rest = `Expires=${until.toUTCString()}; Path=/`;
    const sameSite = secure ? 'SameSite=None; Secure' : 'SameSite=None';
    return `Set-Cookie: ${name}=${sealed}; ${rest}\r\nSet-Cookie: ${name}CORS=${sealed}; ${rest}; ${sameSite}\r\n`;
  }

  /**
   * One cookie without a twin: to requests from other sites it goes by itself, where the browser is known to want that
   * said. Over HTTP it is not said: such a browser would not keep a cookie that is not `Secure`, or not send one that is.
   */
  private applicationLine(group: TargetGroup, target: Target, request: RequestHead, secure: boolean): string {
    const seconds = numberOf(group.attributes, 'stickiness.app_cookie.duration_seconds');
    const sealed = this.seal(target.key, group.arn, this.clock.later(seconds));
    const expires = this.clock.later(applicationSeconds).toUTCString();
    const sameSite = secure && isChromium80(request) ? '; SameSite=None; Secure' : '';
    return `Set-Cookie: ${names.application}=${sealed}; Expires=${expires}; Path=/${sameSite}\r\n`;
  }

  private seal(value: string, scope: string, until: Date): string {
    const said = Buffer.from(`${until.getTime()} ${value}`);
    return Buffer.concat([this.mac(said, scope), said]).toString('base64url');
  }

  private unseal(sealed: string | undefined, scope: string): string | undefined {
    const bytes = Buffer.from(sealed ?? '', 'base64url');
    const said = bytes.subarray(macBytes);
    if (said.length === 0 || !timingSafeEqual(bytes.subarray(0, macBytes), this.mac(said, scope))) {
      return undefined;
    }
    const text = said.toString();
    const space = text.indexOf(' ');
    return Number(text.slice(0, space)) > this.clock.now().getTime() ? text.slice(space + 1) : undefined;
  }

  private mac(said: Buffer, scope: string): Buffer {
    return createHmac('sha256', this.key)
      .update(scope)
      .update('\0')
      .update(said)
      .digest()
      .subarray(0, macBytes);
  }
}

const macBytes = 16;

function isByApplication(group: TargetGroup): boolean {
  return group.attributes.get('stickiness.type') === 'app_cookie';
}

/** Whether a request comes from Chromium 80 or later, by its User-Agent. */
function isChromium80(request: RequestHead): boolean {
  const [, version = '0'] = /Chrom(?:e|ium)\/(\d+)/.exec(headerValues(request, 'user-agent')[0] ?? '') ?? [];
  return Number(version) >= 80;
}

function applicationCookie(group: TargetGroup): string {
  return group.attributes.get('stickiness.app_cookie.cookie_name') ?? '';
}
