import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import * as autoScaling from '@aws-sdk/client-auto-scaling';
import * as sns from '@aws-sdk/client-sns';

import { ServiceError } from './errors';
import { type ActionHandlers, QueryService, sendAnswer } from './query-service';

const namespaces = {
  autoscaling: { version: '2011-01-01', model: autoScaling },
  sns: { version: '2010-03-31', model: sns },
};

/** Answers the real SDK clients over HTTP. */
async function serve(
  service: keyof typeof namespaces,
  handlers: ActionHandlers,
): Promise<{ endpoint: string; close: () => Promise<void> }> {
  const query = new QueryService({ service, ...namespaces[service], handlers });
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) {
        chunks.push(chunk);
      }
      sendAnswer(response, await query.answer(new URLSearchParams(Buffer.concat(chunks).toString())));
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const settings = { region: 'us-east-2', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };

/** What a handler is given and the client gets back, when the real client calls an action. */
async function roundTrip(
  handlers: ActionHandlers,
  call: (client: autoScaling.AutoScalingClient) => Promise<unknown>,
): Promise<unknown> {
  const server = await serve('autoscaling', handlers);
  const client = new autoScaling.AutoScalingClient({
    ...settings,
    endpoint: server.endpoint,
    maxAttempts: 1,
  });
  try {
    return await call(client);
  } finally {
    client.destroy();
    await server.close();
  }
}

describe('a service of the query protocol', () => {
  it('gives its handler exactly what the SDK client was given: structures, lists, numbers, booleans, times', async () => {
    const seen = jest.fn();
    const inputs = {
      group: {
        AutoScalingGroupName: 'workers & "friends" <é>',
        MinSize: 0,
        MaxSize: 4,
        NewInstancesProtectedFromScaleIn: false,
        AvailabilityZones: ['us-east-2a', 'us-east-2b'],
        Tags: [
          { Key: 'Name', Value: '', PropagateAtLaunch: true },
          { Key: 'Stage', Value: 'lab', PropagateAtLaunch: false },
        ],
        MixedInstancesPolicy: {
          InstancesDistribution: { OnDemandPercentageAboveBaseCapacity: 50 },
          LaunchTemplate: {
            LaunchTemplateSpecification: { LaunchTemplateName: 'workers', Version: '$Latest' },
            Overrides: [{ InstanceType: 't3.micro' }, { InstanceType: 't3.small', WeightedCapacity: '2' }],
          },
        },
      },
      schedule: {
        AutoScalingGroupName: 'workers',
        ScheduledActionName: 'night',
        StartTime: new Date('2026-11-24T10:00:00Z'),
      },
      policy: {
        AutoScalingGroupName: 'workers',
        PolicyName: 'step',
        StepAdjustments: [{ MetricIntervalLowerBound: -0.5, ScalingAdjustment: -1 }],
      },
    };
    await roundTrip(
      {
        CreateAutoScalingGroup: seen,
        PutScheduledUpdateGroupAction: seen,
        PutScalingPolicy: seen,
      },
      async (client) => {
        await client.send(new autoScaling.CreateAutoScalingGroupCommand(inputs.group));
        await client.send(new autoScaling.PutScheduledUpdateGroupActionCommand(inputs.schedule));
        await client.send(new autoScaling.PutScalingPolicyCommand(inputs.policy));
      },
    );
    expect(seen.mock.calls).toEqual([[inputs.group], [inputs.schedule], [inputs.policy]]);
  });

  it('keeps an empty list that the client sent apart from none', async () => {
    const seen = jest.fn();
    await roundTrip({ CreateAutoScalingGroup: seen }, (client) =>
      client.send(
        new autoScaling.CreateAutoScalingGroupCommand({
          AutoScalingGroupName: 'workers',
          MinSize: 0,
          MaxSize: 0,
          LoadBalancerNames: [],
        }),
      ),
    );
    expect(seen).toHaveBeenCalledWith({
      AutoScalingGroupName: 'workers',
      MinSize: 0,
      MaxSize: 0,
      LoadBalancerNames: [],
    });
  });

  it('gives the SDK client exactly what its handler answered', async () => {
    const activity: autoScaling.Activity = {
      ActivityId: 'a',
      AutoScalingGroupName: 'workers',
      Cause: 'At 2026-11-24T10:00:00Z <a> & "b"\r\nof C',
      StartTime: new Date('2026-11-24T10:00:00.250Z'),
      EndTime: new Date('2026-11-24T10:00:01Z'),
      Progress: 100,
      StatusCode: 'Successful',
    };
    const answer = await roundTrip(
      { DescribeScalingActivities: () => ({ Activities: [activity], NextToken: 'next' }) },
      (client) => client.send(new autoScaling.DescribeScalingActivitiesCommand({})),
    );
    expect(answer).toMatchObject({
      Activities: [{ ...activity, Cause: expect.stringContaining('<a> & "b"\r') as string }],
      NextToken: 'next',
      $metadata: { httpStatusCode: 200, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string },
    });
  });

  it('carries maps and binary values as well', async () => {
    const seen = jest.fn(() => ({ MessageId: 'm' }));
    const attributes = { DisplayName: 'Uploads', KmsMasterKeyId: '' };
    const server = await serve('sns', {
      Publish: seen,
      GetTopicAttributes: () => ({ Attributes: attributes }),
    });
    const client = new sns.SNSClient({ ...settings, endpoint: server.endpoint });
    const input: sns.PublishCommandInput = {
      TopicArn: 'arn',
      Message: 'm',
      MessageAttributes: {
        text: { DataType: 'String', StringValue: 'x' },
        bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) },
      },
    };
    await client.send(new sns.PublishCommand(input));
    const answer = await client.send(new sns.GetTopicAttributesCommand({ TopicArn: 'arn' }));
    client.destroy();
    await server.close();
    expect(seen).toHaveBeenCalledWith(input);
    expect(answer.Attributes).toEqual(attributes);
  });

  it('raises the error class that the SDK has for a code', async () => {
    const call = roundTrip(
      {
        DeleteAutoScalingGroup: () => {
          throw new ServiceError('ResourceInUse', 'in <use>');
        },
      },
      (client) =>
        client.send(new autoScaling.DeleteAutoScalingGroupCommand({ AutoScalingGroupName: 'workers' })),
    );
    await expect(call).rejects.toBeInstanceOf(autoScaling.ResourceInUseFault);
    await expect(call).rejects.toMatchObject({ message: 'in <use>', $fault: 'client' });
  });
});

describe('a request that is wrong', () => {
  const query = new QueryService({
    service: 'autoscaling',
    ...namespaces.autoscaling,
    handlers: {
      CreateAutoScalingGroup: () => undefined,
      PutScheduledUpdateGroupAction: () => undefined,
      DescribeAutoScalingGroups: () => {
        throw new Error('out of order');
      },
    },
  });
  const create = 'Action=CreateAutoScalingGroup&Version=2011-01-01';
  const sized = `${create}&AutoScalingGroupName=g&MinSize=0&MaxSize=0`;

  it.each([
    ['', 'MissingAction', 'parameter Action'],
    ['Version=2011-01-01', 'MissingAction', 'parameter Action'],
    ['Action=Nonsense&Version=2011-01-01', 'InvalidAction', 'Could not find operation Nonsense'],
    ['Action=constructor&Version=2011-01-01', 'InvalidAction', 'Could not find operation constructor'],
    ['Action=CreateAutoScalingGroup', 'InvalidAction', 'NO_VERSION_SPECIFIED'],
    ['Action=CreateAutoScalingGroup&Version=2010-01-01', 'InvalidAction', 'for version 2010-01-01'],
    ['Action=LaunchInstances&Version=2011-01-01', 'UnsupportedOperation', 'autoscaling:LaunchInstances'],
    [
      create,
      'ValidationError',
      "3 validation errors detected: Value null at 'autoScalingGroupName' failed to satisfy constraint: Member must not be null; Value null at 'minSize'",
    ],
    [`${sized}&Tags.member.1.Value=x`, 'ValidationError', "Value null at 'tags.1.member.key'"],
    [`${sized}&Colour=red`, 'ValidationError', 'Unknown parameter: colour'],
    [`${sized}&__proto__.x=1`, 'ValidationError', 'Unknown parameter: __proto__'],
    [`${sized}&MinSize=1`, 'MalformedInput', 'given twice'],
    [`${sized}&MinSize.x=1`, 'MalformedInput', 'Start of structure'],
    [`${sized}&DefaultCooldown=soon`, 'MalformedInput', "'soon' is not a number"],
    [`${sized}&DefaultCooldown=`, 'MalformedInput', "'' is not a number"],
    [`${sized}&CapacityRebalance=yes`, 'MalformedInput', "'yes' is not true or false"],
    [`${sized}&AvailabilityZones=a`, 'MalformedInput', 'Expected a structure'],
    [`${sized}&AvailabilityZones.1=a`, 'MalformedInput', 'availabilityZones.member.1'],
    [`${sized}&AvailabilityZones.member.x=a`, 'MalformedInput', 'Key is not an integer: x'],
    [`${sized}&AvailabilityZones.member.1.x=a`, 'MalformedInput', 'is one value'],
    [`${sized}&LaunchTemplate=a`, 'MalformedInput', 'Expected a structure'],
    [
      'Action=PutScheduledUpdateGroupAction&Version=2011-01-01&AutoScalingGroupName=g&ScheduledActionName=n&StartTime=noon',
      'MalformedInput',
      "'noon' is not a time",
    ],
  ])('%s is answered with %s', async (form, code, message) => {
    const { status, body } = await query.answer(new URLSearchParams(form));
    expect(status).toBe(400);
    expect(body).toContain(`<Type>Sender</Type><Code>${code}</Code>`);
    expect(body).toContain(message);
  });

  it('is told apart from a failure of the service itself', async () => {
    const { status, body } = await query.answer(
      new URLSearchParams('Action=DescribeAutoScalingGroups&Version=2011-01-01'),
    );
    expect(status).toBe(500);
    expect(body).toContain(
      '<Type>Receiver</Type><Code>InternalFailure</Code><Message>out of order</Message>',
    );
  });

  it('gives members of a list in their numbers’ order, however they were sent', async () => {
    const seen = jest.fn();
    const service = new QueryService({
      service: 'autoscaling',
      ...namespaces.autoscaling,
      handlers: { CreateAutoScalingGroup: seen },
    });
    const zones = [10, 2, 1].map((index) => `&AvailabilityZones.member.${index}=z${index}`).join('');
    await service.answer(new URLSearchParams(sized + zones));
    expect(seen).toHaveBeenCalledWith(expect.objectContaining({ AvailabilityZones: ['z1', 'z2', 'z10'] }));
  });
});
