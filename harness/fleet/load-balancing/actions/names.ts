import { validationError } from '../../protocol/errors';

const longest = 32;

/** @throws ServiceError for a name that no load balancer or target group can have, as AWS words it. */
export function checkName(name: string, what: 'load balancer' | 'target group'): void {
  const subject = `The ${what} name '${name}'`;
  if (name === '' || name.length > longest) {
    throw validationError(`${subject} cannot be longer than '${longest}' characters, nor empty`);
  }
  if (!/^[A-Za-z0-9-]+$/.test(name)) {
    throw validationError(
      `${subject} can only contain characters that are alphanumeric characters and hyphens(-)`,
    );
  }
  if (name.startsWith('-') || name.endsWith('-')) {
    throw validationError(`${subject} cannot begin or end with a hyphen`);
  }
  if (what === 'load balancer' && name.startsWith('internal-')) {
    throw validationError(`${subject} cannot begin with 'internal-'`);
  }
}
