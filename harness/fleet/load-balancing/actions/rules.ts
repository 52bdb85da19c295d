import type {
  CreateRuleInput,
  CreateRuleOutput,
  DeleteRuleInput,
  DescribeRulesInput,
  DescribeRulesOutput,
  ModifyRuleInput,
  ModifyRuleOutput,
  Rule as ShownRule,
  SetRulePrioritiesInput,
  SetRulePrioritiesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';

import { ServiceError, notDoneHere, validationError } from '../../protocol/errors';
import type { ActionHandlers } from '../../protocol/query-service';
import { checkLimit } from '../limits';
import { page } from '../paging';
import type { Listener, Rule } from '../resources';
import { ruleActions } from '../rules/action-settings';
import { ruleConditions } from '../rules/condition-settings';
import { type Store, newId } from '../store';
import { tagMap } from './tags';

function shown({ arn, priority, conditions, actions }: Rule): ShownRule {
  return {
    RuleArn: arn,
    Priority: String(priority),
    Conditions: [...conditions],
    Actions: [...actions],
    IsDefault: priority === 'default',
  };
}

/** Rules in the order in which they are tried. */
function ordered(rules: readonly Rule[]): Rule[] {
  const place = ({ priority }: Rule): number => (priority === 'default' ? Infinity : priority);
  return [...rules].sort((a, b) => place(a) - place(b));
}

function checkPriority(priority: number | undefined): asserts priority is number {
  if (priority === undefined || priority < 1 || priority > 50_000) {
    throw validationError(`Rule priority '${priority ?? ''}' must be between '1' and '50000' inclusive`);
  }
}

/** The ARN of a rule of a listener. */
export function newRuleArn(listenerArn: string): string {
  return `${listenerArn.replace(':listener/', ':listener-rule/')}/${newId()}`;
}

/** The actions on rules. */
export function ruleApiActions(store: Store): ActionHandlers {
  function add(listener: Listener, rule: Rule): void {
    const present = store.listenersOf(listener.loadBalancer).flatMap(({ rules }) => rules);
    const numbered = present.filter(({ priority }) => priority !== 'default');
    checkLimit('rules-per-application-load-balancer', numbered.length + 1);
    listener.rules = ordered([...listener.rules, rule]);
  }

  return {
    CreateRule: (input: CreateRuleInput): CreateRuleOutput => {
      const listener = store.listener(input.ListenerArn);
      const { Priority: priority } = input;
      checkPriority(priority);
      if (input.Transforms !== undefined) {
        throw notDoneHere('elasticloadbalancing: transforms of a rule');
      }
      if (listener.rules.some((rule) => rule.priority === priority)) {
        throw new ServiceError('PriorityInUse', `Priority '${priority}' is currently in use`);
      }
      const rule: Rule = {
        arn: newRuleArn(listener.arn),
        tags: tagMap(input.Tags),
        priority,
        conditions: ruleConditions(input.Conditions),
        actions: ruleActions(input.Actions, store, listener.loadBalancer),
      };
      add(listener, rule);
      return { Rules: [shown(rule)] };
    },

    DescribeRules: (input: DescribeRulesInput): DescribeRulesOutput => {
      const { ListenerArn, RuleArns } = input;
      if ((ListenerArn === undefined) === (RuleArns === undefined)) {
        throw validationError('You must specify either listener rule ARNs or a listener ARN');
      }
      const rules = RuleArns?.map((arn) => store.rule(arn).rule) ?? store.listener(ListenerArn).rules;
      const { items, nextMarker } = page(rules, input);
      return { Rules: items.map(shown), NextMarker: nextMarker };
    },

    ModifyRule: (input: ModifyRuleInput): ModifyRuleOutput => {
      const { listener, rule } = store.rule(input.RuleArn);
      if (rule.priority === 'default') {
        throw new ServiceError('OperationNotPermitted', `Default rule '${rule.arn}' cannot be modified`);
      }
      if (input.Transforms !== undefined || input.ResetTransforms === true) {
        throw notDoneHere('elasticloadbalancing: transforms of a rule');
      }
      const conditions = input.Conditions === undefined ? rule.conditions : ruleConditions(input.Conditions);
      rule.actions =
        input.Actions === undefined
          ? rule.actions
          : ruleActions(input.Actions, store, listener.loadBalancer, rule);
      rule.conditions = conditions;
      return { Rules: [shown(rule)] };
    },

    DeleteRule: ({ RuleArn }: DeleteRuleInput): void => {
      const { listener, rule } = store.rule(RuleArn);
      if (rule.priority === 'default') {
        throw new ServiceError('OperationNotPermitted', `Default rule '${rule.arn}' cannot be deleted`);
      }
      listener.rules = listener.rules.filter((other) => other !== rule);
    },

    SetRulePriorities: ({ RulePriorities = [] }: SetRulePrioritiesInput): SetRulePrioritiesOutput => {
      const changes = RulePriorities.map(({ RuleArn, Priority }) => {
        checkPriority(Priority);
        return { ...store.rule(RuleArn), priority: Priority };
      });
      for (const { listener, rule, priority } of changes) {
        if (rule.priority === 'default') {
          throw new ServiceError('OperationNotPermitted', `Default rule '${rule.arn}' has no priority`);
        }
        const after = listener.rules.map(
          (other) => changes.find((change) => change.rule === other)?.priority ?? other.priority,
        );
        if (after.filter((each) => each === priority).length > 1) {
          throw new ServiceError('PriorityInUse', `Priority '${priority}' is currently in use`);
        }
      }
      for (const { rule, priority } of changes) {
        rule.priority = priority;
      }
      for (const { listener } of changes) {
        listener.rules = ordered(listener.rules);
      }
      return { Rules: changes.map(({ rule }) => shown(rule)) };
    },
  };
}
