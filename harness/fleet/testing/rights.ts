import type { Rights } from '../rights';

/** For a fleet without access decisions: everything is allowed. */
export const everyRight: Rights = {
  mayAssume: () => Promise.resolve(true),
  checkSend: () => Promise.resolve(),
  mayPut: () => Promise.resolve(true),
};
