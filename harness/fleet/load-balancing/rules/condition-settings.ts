import { isIP } from 'node:net';

import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';

import { notDoneHere, validationError } from '../../protocol/errors';
import { checkLimit } from '../limits';

const longestPattern = 128;

/** Conditions of which a rule can have one. Source: rule-condition-types.html */
const once = ['host-header', 'path-pattern', 'http-request-method', 'source-ip'];

interface FieldRule {
  /** The condition with its values where AWS keeps them. */
  readonly complete: (condition: RuleCondition) => RuleCondition;
  readonly values: (condition: RuleCondition) => readonly string[];
  readonly allows: (value: string) => boolean;
  readonly allowed: string;
}

const withWildcards = {
  allows: (value: string) => value.length > 0 && value.length <= longestPattern,
  allowed: `1 to ${longestPattern} characters`,
};

function isCidr(value: string): boolean {
  const [address = '', bits = '', ...rest] = value.split('/');
  const version = isIP(address);
  return (
    version !== 0 && rest.length === 0 && /^\d+$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)
  );
}

const fields: Readonly<Record<string, FieldRule>> = {
  'host-header': {
    complete: ({ Field, HostHeaderConfig, Values }) => {
      const given = HostHeaderConfig?.Values ?? Values;
      return { Field, Values: given, HostHeaderConfig: { Values: given } };
    },
    values: ({ HostHeaderConfig }) => HostHeaderConfig?.Values ?? [],
    allows: (value) => withWildcards.allows(value) && /^[A-Za-z0-9.*?_-]+$/.test(value),
    allowed: `${withWildcards.allowed}: letters, digits, '-', '.', '_', '*' and '?'`,
  },
  'path-pattern': {
    complete: ({ Field, PathPatternConfig, Values }) => {
      const given = PathPatternConfig?.Values ?? Values;
      return { Field, Values: given, PathPatternConfig: { Values: given } };
    },
    values: ({ PathPatternConfig }) => PathPatternConfig?.Values ?? [],
    ...withWildcards,
  },
  'http-header': {
    complete: ({ Field, HttpHeaderConfig }) => ({ Field, HttpHeaderConfig }),
    values: ({ HttpHeaderConfig }) => HttpHeaderConfig?.Values ?? [],
    ...withWildcards,
  },
  'http-request-method': {
    complete: ({ Field, HttpRequestMethodConfig }) => ({ Field, HttpRequestMethodConfig }),
    values: ({ HttpRequestMethodConfig }) => HttpRequestMethodConfig?.Values ?? [],
    allows: (value) => /^[A-Z_-]{1,40}$/.test(value),
    allowed: '1 to 40 characters: A-Z, hyphen and underscore, without wildcards',
  },
  'query-string': {
    complete: ({ Field, QueryStringConfig }) => ({ Field, QueryStringConfig }),
    values: ({ QueryStringConfig }) =>
      (QueryStringConfig?.Values ?? []).flatMap(({ Key, Value = '' }) =>
        Key === undefined ? [Value] : [Key, Value],
      ),
    ...withWildcards,
  },
  'source-ip': {
    complete: ({ Field, SourceIpConfig }) => ({ Field, SourceIpConfig }),
    values: ({ SourceIpConfig }) => SourceIpConfig?.Values ?? [],
    allows: isCidr,
    allowed: 'CIDR blocks such as 192.0.2.0/24',
  },
};

function refuseNotDone(condition: RuleCondition): void {
  const { HostHeaderConfig, PathPatternConfig, HttpHeaderConfig } = condition;
  for (const config of [condition, HostHeaderConfig, PathPatternConfig, HttpHeaderConfig]) {
    const regex: unknown = config === undefined ? undefined : Reflect.get(config, 'RegexValues');
    if (regex !== undefined) {
      throw notDoneHere('elasticloadbalancing: a condition by regular expressions');
    }
  }
}

function checked(condition: RuleCondition): RuleCondition {
  const { Field = '' } = condition;
  const rule = fields[Field];
  if (rule === undefined) {
    throw validationError(`Condition field '${Field}' must be one of '[${Object.keys(fields).join(', ')}]'`);
  }
  refuseNotDone(condition);
  const complete = rule.complete(condition);
  const values = rule.values(complete);
  if (values.length === 0) {
    throw validationError(`A condition value must be specified for '${Field}'`);
  }
  const unfit = values.find((value) => !rule.allows(value));
  if (unfit !== undefined) {
    throw validationError(
      `The value '${unfit}' of a condition on '${Field}' is not valid; allowed: ${rule.allowed}`,
    );
  }
  if (
    Field === 'http-header' &&
    !/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,40}$/.test(complete.HttpHeaderConfig?.HttpHeaderName ?? '')
  ) {
    throw validationError(
      'A condition on http-header must have the name of a header, of at most 40 characters',
    );
  }
  if (complete.HttpHeaderConfig?.HttpHeaderName?.toLowerCase() === 'host') {
    throw validationError(
      "A condition on http-header cannot specify the host header; use a condition on 'host-header'",
    );
  }
  return complete;
}

/** Conditions of a rule, as AWS keeps them. @throws ServiceError for conditions that cannot be. */
export function ruleConditions(asked: readonly RuleCondition[] | undefined): RuleCondition[] {
  const conditions = (asked ?? []).map(checked);
  if (conditions.length === 0) {
    throw validationError('A condition must be specified');
  }
  const twice = once.find((field) => conditions.filter(({ Field }) => Field === field).length > 1);
  if (twice !== undefined) {
    throw validationError(`A rule can only have one '${twice}' condition`);
  }
  const values = conditions.flatMap((condition) => fields[condition.Field ?? '']?.values(condition) ?? []);
  checkLimit(
    'condition-values-per-alb-rule',
    conditions.reduce((sum, { Field = '', QueryStringConfig }, index) => {
      const condition = conditions[index] ?? {};
      return sum + (QueryStringConfig?.Values?.length ?? fields[Field]?.values(condition).length ?? 0);
    }, 0),
  );
  checkLimit('condition-wildcards-per-alb-rule', (values.join('').match(/[*?]/g) ?? []).length);
  return conditions;
}
