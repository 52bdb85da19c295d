import { writeFileSync } from 'node:fs';

import { actionPage } from './action-list';
import { listedServices } from './listed-services';

writeFileSync('docs/auto-scaling-actions.md', actionPage(listedServices()));
