/** A body could not be given to an instance; the message says why and what to do about it. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
}
