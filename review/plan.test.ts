import { PlanError, parsePlan } from './plan';
import { planText } from './testing/plan';

describe('reading a plan', () => {
  it('tells what happens to each resource', () => {
    const { changes } = parsePlan(
      planText([
        { type: 'aws_sqs_queue', name: 'new', after: { name: 'new' } },
        { type: 'aws_sqs_queue', name: 'same', before: { name: 'same' }, after: { name: 'same' } },
        { type: 'aws_sqs_queue', name: 'other', before: { delay: 0 }, after: { delay: 1 } },
        { type: 'aws_sqs_queue', name: 'gone', before: { name: 'gone' } },
        {
          type: 'aws_sqs_queue',
          name: 'renamed',
          before: { name: 'a' },
          after: { name: 'b' },
          replacedFor: ['name'],
        },
      ]),
    );
    expect(changes.map(({ name, action }) => [name, action])).toEqual([
      ['new', 'create'],
      ['other', 'update'],
      ['gone', 'destroy'],
      ['renamed', 'replace'],
    ]);
    expect(changes[3]?.replacedFor).toEqual(['name']);
  });

  it('tells which attributes are known only after the apply, also deep inside', () => {
    const unknown = { arn: true, tag: [{ value: true }], filter: [{ value: false }], nothing: [] };
    const { changes } = parsePlan(planText([{ type: 'aws_sqs_queue', after: {}, unknown }]));
    expect([...(changes[0]?.unknown ?? [])]).toEqual(['arn', 'tag']);
  });

  it.each([
    ['a binary plan', 'PK\u0003\u0004…', "Terraform's binary plan"],
    ['no JSON', 'Plan: 3 to add', 'This is no JSON'],
    ['a JSON of something else', '{"version":4}', 'is no Terraform plan (format_version:'],
    [
      'a format of the future',
      '{"format_version":"2.0","terraform_version":"9"}',
      'only format version 1 is known',
    ],
  ])('refuses %s and says how to make a right one', (_, text, message) => {
    expect(() => parsePlan(text)).toThrow(PlanError);
    expect(() => parsePlan(text)).toThrow(message);
    expect(() => parsePlan(text)).toThrow('terraform show -json plan.bin');
  });
});
