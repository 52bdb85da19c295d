import { z } from 'zod';

import { backendNames } from './backend';

/** What `lab up` asks the keeper to set up, as its one argument in JSON. */
export const keeperOrder = z.object({
  project: z.string(),
  folder: z.string(),
  port: z.number(),
  timeFactor: z.number(),
  backend: z.enum(backendNames).optional(),
});
export type KeeperOrder = z.infer<typeof keeperOrder>;

/** What the keeper tells `lab up` over the IPC channel. */
export const keeperMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), message: z.string() }),
  z.object({ kind: z.literal('standing') }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
]);
export type KeeperMessage = z.infer<typeof keeperMessage>;
