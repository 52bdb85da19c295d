import { reviewOf } from '../testing/plan';
import { renderMarkdown } from './markdown';
import { renderText } from './text';

const destroyed = reviewOf({ type: 'aws_sqs_queue', before: { name: 'tasks' } });

describe('a rendered review', () => {
  it.each([renderText, renderMarkdown])('says the counts, the worst and each finding (%p)', (render) => {
    const text = render(destroyed);
    expect(text).toContain('Plan review: 1 destroyed; most severe: critical');
    expect(text).toContain('What loses data');
    expect(text).toContain('every task that still waits in it is lost');
    expect(text).toContain('Destroyed (1)');
  });

  it.each([renderText, renderMarkdown])('says so where there is nothing to find (%p)', (render) => {
    const text = render(reviewOf());
    expect(text).toContain('Plan review: no changes');
    expect(text).toContain('No data is lost');
  });

  it('lets nothing in a policy become markup of the pull request', () => {
    const text = renderMarkdown(
      reviewOf({
        type: 'aws_iam_role_policy_attachment',
        after: { policy_arn: '<img src=x> | @everyone [click](http://x)' },
      }),
    );
    expect(text).toContain('\\<img src=x\\> \\| \\@everyone \\[click\\](http://x)');
  });
});
