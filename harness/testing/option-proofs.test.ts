import { readFile } from 'node:fs/promises';

import { optionProofs } from './option-proofs';

/** Inputs that may be left out, of all constructs. docs/modules.md is made from the source, and held current by a test. */
async function options(): Promise<Set<string>> {
  const page = await readFile('docs/modules.md', 'utf8');
  const rows = page.split('\n').map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
  return new Set(
    rows.flatMap(([, name = '', , fallback, ...rest]) =>
      /^`\w+`$/.test(name) && rest.length > 1 && fallback !== '**required**' ? [name.slice(1, -1)] : [],
    ),
  );
}

describe('the proofs of options', () => {
  it('are there for every option of every construct: a new one is used in modules/testing/options/main.ts and has a proof', async () => {
    expect([...Object.keys(optionProofs), 'preventDestroy'].sort()).toEqual([...(await options())].sort());
  });
});
