import { readFileSync } from 'node:fs';

import { actionPage } from './action-list';
import { listedServices } from './listed-services';

describe('docs/auto-scaling-actions.md', () => {
  it('is what `npm run docs:actions` writes', () => {
    expect(readFileSync('docs/auto-scaling-actions.md', 'utf8')).toBe(actionPage(listedServices()));
  });

  it('lists each action of a model once, as done or as refused', () => {
    const actions = [
      { action: 'Do', done: true },
      { action: 'Dont', done: false },
    ];
    expect(
      actionPage([{ name: 'S', service: { actions: () => actions }, remarks: ['A remark.'] }]),
    ).toContain(
      [
        '## S',
        '',
        'Done (1 of 2): `Do`.',
        '',
        'Answered with `UnsupportedOperation` (1): `Dont`.',
        '',
        '- A remark.',
      ].join('\n'),
    );
  });
});
