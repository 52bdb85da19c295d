import type { Finding, Rule } from '../finding';

/** Nothing in any of its forms: providers read back `[]`, `{}` or `""` where nothing was said. */
const isNothing = (value: unknown): boolean =>
  value === null || value === undefined || ['[]', '{}', '""'].includes(JSON.stringify(value));

const differs = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) !== JSON.stringify(other) && !(isNothing(one) && isNothing(other));

/** What was changed by others than Terraform, and is changed back by the plan. */
export const drift: Rule = ({ plan }) =>
  plan.drift.flatMap((drifted): Finding[] => {
    const { address, action } = drifted;
    const planned = plan.changes.find((change) => change.address === address);
    if (planned === undefined) {
      return [];
    }
    if (action === 'destroy') {
      const text = 'somebody deleted it since the last apply: it is made anew.';
      return [{ severity: 'warning', topic: 'drift', address, text }];
    }
    const names = Object.keys({ ...drifted.before, ...drifted.after }).filter(
      (name) =>
        differs(drifted.before?.[name], drifted.after?.[name]) &&
        differs(drifted.after?.[name], planned.after?.[name]),
    );
    const text = `somebody changed it since the last apply, and that is changed back: ${names.join(', ')}.`;
    return names.length === 0 ? [] : [{ severity: 'warning', topic: 'drift', address, text }];
  });
