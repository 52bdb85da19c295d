import type { Act } from './act';
import { dies } from './dies';
import { group } from './group';
import { heals } from './heals';
import { movie } from './movie';
import { recovers } from './recovers';
import { template } from './template';
import { scales } from './scales';
import { view } from './view';
import { web } from './web';
import { works } from './works';

/** The acts, in the order of the story: each begins where the one before it ended. */
export const acts: readonly Act[] = [view, works, dies, recovers, template, group, heals, scales, web, movie];
