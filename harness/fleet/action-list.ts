import type { QueryService } from './protocol/query-service';

/** What a service can do, as the page shows it. */
export interface ListedService {
  /** As AWS calls it: `EC2 Auto Scaling`. */
  readonly name: string;
  readonly service: Pick<QueryService, 'actions'>;
  /** What becomes of the actions that are not done. @default Answered with `UnsupportedOperation` */
  readonly others?: string;
  /** What else there is to say: settings that are refused, one sentence each. */
  readonly remarks: readonly string[];
}

function section({
  name,
  service,
  others = 'Answered with `UnsupportedOperation`',
  remarks,
}: ListedService): string {
  const actions = service.actions();
  const done = actions.filter((action) => action.done).map(({ action }) => `\`${action}\``);
  const refused = actions.filter((action) => !action.done).map(({ action }) => `\`${action}\``);
  return [
    `## ${name}`,
    '',
    `Done (${done.length} of ${actions.length}): ${done.join(', ')}.`,
    '',
    `${others} (${refused.length}): ${refused.join(', ') || 'none'}.`,
    ...(remarks.length === 0 ? [] : ['', ...remarks.map((remark) => `- ${remark}`)]),
  ].join('\n');
}

/** The page docs/auto-scaling-actions.md. */
export function actionPage(services: readonly ListedService[]): string {
  return `${[
    '# Actions of the fleet',
    'What the fleet answers in the place of AWS, by the models of the AWS SDK. Nothing is silently ignored: an action is either done,\nor answered with an error. Written by `npm run docs:actions`; a test fails when it is stale.',
    ...services.map(section),
  ].join('\n\n')}\n`;
}
