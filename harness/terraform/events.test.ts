import { parseEvent } from './events';

describe('parseEvent', () => {
  it('reads the end of a creation with its seconds', () => {
    const line =
      '{"@level":"info","@message":"aws_sqs_queue.q: Creation complete after 25s","hook":{"resource":{"addr":"aws_sqs_queue.q"},"action":"create","id_key":"id","id_value":"q","elapsed_seconds":25},"type":"apply_complete"}';
    expect(parseEvent(line)).toEqual({
      type: 'apply_complete',
      hook: { resource: { addr: 'aws_sqs_queue.q' }, action: 'create', elapsed_seconds: 25 },
    });
  });

  it('reads a diagnostic that has no detail', () => {
    const line = '{"type":"diagnostic","diagnostic":{"severity":"error","summary":"creating SQS Queue"}}';
    expect(parseEvent(line)).toEqual({
      type: 'diagnostic',
      diagnostic: { severity: 'error', summary: 'creating SQS Queue', detail: '' },
    });
  });

  it.each([
    ['an event that the harness does not follow', '{"type":"version","terraform":"1.11.4"}'],
    ['a line that is no JSON', 'panic: runtime error'],
    ['a line that only begins like JSON', '{"type":'],
  ])('gives nothing for %s', (_, line) => {
    expect(parseEvent(line)).toBeUndefined();
  });
});
