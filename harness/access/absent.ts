/** Names of the errors that say that there is no such resource, or that a bucket has no such setting. */
const absence = /^(NoSuch|NotFound|QueueDoesNotExist|InvalidArn|ServerSideEncryptionConfigurationNotFound)/;

/** What a call answers; `undefined` where the service says that there is no such thing. */
export async function unlessAbsent<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Error && absence.test(error.name)) {
      return undefined;
    }
    throw error;
  }
}
