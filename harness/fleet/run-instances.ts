import {
  DescribeLaunchTemplateVersionsCommand,
  type EC2Client,
  EC2ServiceException,
} from '@aws-sdk/client-ec2';
import { GetParameterCommand, type SSMClient, SSMServiceException } from '@aws-sdk/client-ssm';

import { appendTags, overTemplate, tagsOf, templateForm } from './launch-form';
import { ServiceError } from './protocol/errors';

/** Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html */
const mostUserDataBytes = 16_384;

/** LocalStack has images whose number is neither the 8 nor the 17 digits that EC2's have. */
const imageIdForm = /^ami-[0-9a-f]{8,17}$/;

const parameterReference = 'resolve:ssm:';

/**
 * Makes of a RunInstances request what EC2 makes of it: the launch template's settings under the request's own, the AMI
 * that a parameter names, the tags that tell the template. LocalStack takes hardly more of a template than its AMI.
 */
export class LaunchCompletion {
  constructor(
    private readonly ec2: EC2Client,
    private readonly ssm: SSMClient,
  ) {}

  /**
   * Takes any AMI id that is well-formed: LocalStack knows nothing of the AMIs that people have made on AWS.
   *
   * @throws ServiceError as EC2 would answer: no such template or version, user data too long, no such parameter, no AMI id.
   */
  async complete(request: URLSearchParams): Promise<URLSearchParams> {
    const form = await this.withTemplate(request);
    const image = form.get('ImageId');
    if (image?.startsWith(parameterReference) === true) {
      form.set('ImageId', await this.imageOf(image.slice(parameterReference.length)));
    }
    const imageId = form.get('ImageId');
    if (imageId !== null && !imageIdForm.test(imageId)) {
      throw new ServiceError('InvalidAMIID.Malformed', `Invalid id: "${imageId}" (expecting "ami-...")`);
    }
    const userData = Buffer.from(form.get('UserData') ?? '', 'base64');
    if (userData.length > mostUserDataBytes) {
      throw new ServiceError('InvalidParameterValue', `User data is limited to ${mostUserDataBytes} bytes`);
    }
    return form;
  }

  private async withTemplate(request: URLSearchParams): Promise<URLSearchParams> {
    const id = request.get('LaunchTemplate.LaunchTemplateId') ?? undefined;
    const name = request.get('LaunchTemplate.LaunchTemplateName') ?? undefined;
    if (id === undefined && name === undefined) {
      return request;
    }
    const { LaunchTemplateVersions } = await asEc2(
      this.ec2.send(
        new DescribeLaunchTemplateVersionsCommand({
          LaunchTemplateId: id,
          LaunchTemplateName: name,
          Versions: [request.get('LaunchTemplate.Version') ?? '$Default'],
        }),
      ),
    );
    const version = LaunchTemplateVersions?.[0];
    if (version?.LaunchTemplateData === undefined) {
      throw new ServiceError(
        'InvalidLaunchTemplateId.VersionNotFound',
        `Could not find the version of the launch template ${id ?? name ?? ''}`,
      );
    }
    const template = templateForm(version.LaunchTemplateData);
    const merged = overTemplate(request, template);
    const tags = tagsOf(template);
    for (const [resource, pairs] of tagsOf(request)) {
      tags.set(resource, new Map([...(tags.get(resource) ?? []), ...pairs]));
    }
    // EC2 tells by these which template an instance is of.
    tags.set(
      'instance',
      new Map([
        ...(tags.get('instance') ?? []),
        ['aws:ec2launchtemplate:id', version.LaunchTemplateId ?? ''],
        ['aws:ec2launchtemplate:version', String(version.VersionNumber)],
      ]),
    );
    appendTags(merged, tags);
    return merged;
  }

  private async imageOf(name: string): Promise<string> {
    try {
      const { Parameter } = await this.ssm.send(new GetParameterCommand({ Name: name }));
      return Parameter?.Value ?? '';
    } catch (error) {
      if (error instanceof SSMServiceException) {
        throw new ServiceError(
          'InvalidParameterValue',
          `The parameter ${name} of the AMI cannot be resolved: ${error.name}`,
        );
      }
      throw error;
    }
  }
}

async function asEc2<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof EC2ServiceException) {
      throw new ServiceError(error.name, error.message);
    }
    throw error;
  }
}
