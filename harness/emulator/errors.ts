/** The emulator could not be set up or started; the message says what happened and what to do about it. */
export class EmulatorError extends Error {
  override readonly name = 'EmulatorError';
}
