import type { Topic } from '../finding';
import type { Review } from '../review';

/** What each topic asks. */
export const headings: Readonly<Record<Topic, string>> = {
  data: 'What loses data',
  exposure: 'What becomes public or less safe',
  permissions: 'What IAM gains or loses',
  restarts: 'What is restarted or interrupted',
  drift: 'What was changed outside of Terraform',
};

/** What happens to resources, from the gravest on. */
export const verbs = [
  ['destroy', 'Destroyed'],
  ['replace', 'Replaced'],
  ['update', 'Changed'],
  ['create', 'Added'],
  ['forget', 'Forgotten, but not destroyed'],
] as const;

export const nothing =
  'No data is lost, nothing becomes public, no permission changes, nothing is restarted.';

/** The whole plan in one line. */
export function summary({ changes, worst }: Review): string {
  const counts = verbs.flatMap(([action, verb]) =>
    changes[action].length > 0 ? [`${changes[action].length} ${verb.toLowerCase()}`] : [],
  );
  const what = counts.length === 0 ? 'no changes' : counts.join(', ');
  return `Plan review: ${what}${worst === undefined ? '' : `; most severe: ${worst}`}`;
}
