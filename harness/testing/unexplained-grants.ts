import { readFile } from 'node:fs/promises';

import { z } from 'zod';

import type { Access } from '../access/access';
import type { Grant } from '../access/usage';

const reasonsSchema = z.record(z.string(), z.record(z.string(), z.string().min(10)));

/** What roles are granted, have not used in this lab, and have no written reason for in modules/unused-permissions.json. */
export async function unexplainedGrants(access: Access): Promise<Grant[]> {
  const reasons = reasonsSchema.parse(JSON.parse(await readFile('modules/unused-permissions.json', 'utf8')));
  return (await access.unusedGrants()).filter(
    ({ policy, sid, action }) => reasons[sid === '*' ? policy : sid]?.[action] === undefined,
  );
}
