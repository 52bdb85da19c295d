import { AutoscalingGroup } from '@cdktf/provider-aws/lib/autoscaling-group';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy';
import { Construct } from 'constructs';

import { type Tags, tagAll } from './tags';
import { Synthesized } from './testing/synthesized';

const synthesize = (tags?: Tags): Synthesized<void> =>
  Synthesized.from((stack) => {
    const scope = new Construct(stack, 'tagged');
    tagAll(scope, tags);
    new SnsTopic(scope, 'topic', { tags: { Name: 'own' } });
    new SnsTopicPolicy(scope, 'policy', { arn: 'arn', policy: '{}' });
    new S3Object(scope, 'object', { bucket: 'b', key: 'k' });
    new AutoscalingGroup(scope, 'group', {
      minSize: 1,
      maxSize: 1,
      tag: [{ key: 'Name', value: 'worker', propagateAtLaunch: true }],
    });
    new SnsTopic(stack, 'outside', {});
  });

const nameTag = { key: 'Name', value: 'worker', propagate_at_launch: true };

describe('tags', () => {
  it('are none but what a resource has of its own', () => {
    const stack = synthesize();
    expect(stack.all('aws_sns_topic').map(({ tags }) => tags)).toEqual([undefined, { Name: 'own' }]);
    expect(stack.one('aws_autoscaling_group').tag).toEqual([nameTag]);
  });

  it('stand on everything below their construct that can be tagged, and not on objects', () => {
    const stack = synthesize({ Team: 'films' });
    expect(stack.all('aws_sns_topic').map(({ tags }) => tags)).toEqual([
      undefined,
      { Team: 'films', Name: 'own' },
    ]);
    expect(stack.one('aws_sns_topic_policy').tags).toBeUndefined();
    expect(stack.one('aws_s3_object').tags).toBeUndefined();
  });

  it('reach the instances of a group', () => {
    expect(synthesize({ Team: 'films' }).one('aws_autoscaling_group').tag).toEqual([
      nameTag,
      { key: 'Team', value: 'films', propagate_at_launch: true },
    ]);
  });

  it('give way to what a resource has of its own', () => {
    const stack = synthesize({ Name: 'of all' });
    expect(stack.one('aws_autoscaling_group').tag).toEqual([nameTag]);
    expect(stack.all('aws_sns_topic').map(({ tags }) => tags)).toContainEqual({ Name: 'own' });
  });

  it.each<[string, Tags]>([
    ["of AWS's own names", { 'aws:owner': 'me' }],
    ['without a name', { '': 'films' }],
    ['of too long a value', { Team: 'x'.repeat(257) }],
    ['of characters that AWS refuses', { 'Team?': 'films' }],
  ])('%s are refused', (_, tags) => {
    expect(() => synthesize(tags)).toThrow('AWS takes letters, digits, spaces and _.:/=+-@');
  });

  it('are 49 at the most, beside a name', () => {
    const many = (count: number): Tags =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag-${index}`, 'x']));
    expect(() => synthesize(many(49))).not.toThrow();
    expect(() => synthesize(many(50))).toThrow('AWS takes 50 tags on a resource');
  });
});
