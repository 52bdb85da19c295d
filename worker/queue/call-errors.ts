/** What a failed call to the queue means, in a sentence that says what to look at. */
export function describeCallError(call: string, error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  return `${call} failed: ${meaningOf(name, statusOf(error))}`;
}

/** The credentials that signed the request are the reason, by the name of the error. */
export function isCredentialsError(name: string): boolean {
  return /ExpiredToken|CredentialsProvider|InvalidClientTokenId|UnrecognizedClient/u.test(name);
}

function meaningOf(name: string, status: number | undefined): string {
  if (/QueueDoesNotExist|NonExistentQueue/u.test(name))
    return 'the queue does not exist (deleted, or QUEUE_URL is wrong)';
  if (isCredentialsError(name)) {
    return 'the credentials are missing or no longer valid (look at the instance role)';
  }
  if (name.includes('AccessDenied') || status === 403)
    return 'not allowed (look at the policies of the role, the queue and its key)';
  if (/Throttl|TooManyRequests|SlowDown/u.test(name) || status === 429) return 'AWS throttles';
  if (/^(?:SyntaxError|TypeError)$/u.test(name))
    return 'that is no answer of SQS (a proxy in between, or QUEUE_URL names another service)';
  if (status !== undefined && status >= 500) return `the service answered ${status}`;
  return status === undefined ? 'the service could not be reached' : `the service refused it with ${status}`;
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  const { $metadata } = error;
  if (typeof $metadata !== 'object' || $metadata === null || !('httpStatusCode' in $metadata))
    return undefined;
  return typeof $metadata.httpStatusCode === 'number' ? $metadata.httpStatusCode : undefined;
}
