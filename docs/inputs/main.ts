import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { format, resolveConfig } from 'prettier';

import { Sources, UndocumentedError } from './constructs';
import { configurationFieldsOf } from './fields';
import { configurationPage, constructsPage } from './markdown';

const project = resolve(__dirname, '../..');

async function pages(): Promise<Readonly<Record<string, string>>> {
  const options = await resolveConfig(join(project, 'docs/modules.md'));
  const formatted = (text: string): Promise<string> => format(text, { ...options, parser: 'markdown' });
  return {
    'docs/modules.md': await formatted(constructsPage(new Sources(project, 'modules/index.ts').constructs())),
    'docs/configuration.md': await formatted(
      configurationPage(configurationFieldsOf(join(project, 'config/configuration.ts'))),
    ),
  };
}

/** Writes the pages; with `--check` writes nothing and fails where one is stale. */
async function main(check: boolean): Promise<void> {
  for (const [page, text] of Object.entries(await pages())) {
    const file = join(project, page);
    if (!check) {
      await writeFile(file, text);
    } else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
      console.error(`${page} is stale: run \`npm run docs\` and commit it.`);
      process.exitCode = 1;
    }
  }
}

main(process.argv.includes('--check')).catch((error: unknown) => {
  if (!(error instanceof UndocumentedError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
});
