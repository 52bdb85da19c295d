import { TerraformResource } from 'cdktf';
import type { IConstruct } from 'constructs';

import { ValidationError } from './validation';

/**
 * Sets an attribute of any resource in a construct, also of one that no prop covers and no `resources` names.
 *
 * @param path ids of the constructs on the way to the resource, as `network/vpc`
 * @param attribute in Terraform's words, with dots between blocks, as `timeouts.create`
 * @throws ValidationError for a path that leads to no resource; it lists those that do.
 *
 * @example
 * override(pipeline, 'network/vpc', 'instance_tenancy', 'dedicated');
 */
export function override(scope: IConstruct, path: string, attribute: string, value: unknown): void {
  const within = scope.node.path === '' ? 0 : scope.node.path.length + 1;
  const resources = scope.node.findAll().filter((node) => TerraformResource.isTerraformResource(node));
  const pathOf = (resource: TerraformResource): string => resource.node.path.slice(within);
  const resource = resources.find((candidate) => pathOf(candidate) === path);
  if (resource === undefined) {
    throw new ValidationError('path', path, `there are: ${resources.map(pathOf).join(', ')}.`);
  }
  resource.addOverride(attribute, value);
}
