import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { Sources } from './constructs';

const project = resolve(__dirname, '../..');

// The compiler reads the provider's types.
jest.setTimeout(180_000);

describe('the documentation of inputs', () => {
  it('is what the source says', async () => {
    const check = promisify(execFile)('tsx', [join(__dirname, 'main.ts'), '--check'], { cwd: project });
    await expect(check).resolves.toMatchObject({ stderr: '' });
  });

  describe('of a construct', () => {
    let folder: string;

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'inputs-'));
      await writeFile(join(folder, 'tsconfig.json'), '{"compilerOptions":{"strict":true}}');
    });

    afterEach(async () => {
      await rm(folder, { recursive: true });
    });

    const constructsOf = async (...props: readonly string[]) => {
      await writeFile(
        join(folder, 'index.ts'),
        `class Construct {}
type Kind = 'one' | 'other';
interface Props {
${props.join('\n')}
}
/** A box. */
export class Box extends Construct {
  /** @throws ValidationError for a lid that is none. */
  constructor(scope: Construct, id: string, props: Props) { super(); }
  /** Opens it. */
  grantOpen(who: string, how?: Kind): void {}
  private shut(): void {}
}
export abstract class AnyBox extends Construct {}
export class NoConstruct {}
`,
      );
      return new Sources(folder, 'index.ts').constructs();
    };

    it('has its inputs, defaults and methods', async () => {
      const pages = await constructsOf(
        '/** Its colour. */ readonly colour: string;',
        '/** What it is. @default one */ readonly kind?: Kind | undefined;',
      );
      expect(pages).toEqual([
        {
          name: 'Box',
          tier: '',
          description: 'A box.',
          refuses: 'ValidationError for a lid that is none.',
          inputs: [
            { name: 'colour', type: 'string', description: 'Its colour.', default: undefined },
            { name: 'kind', type: '"one" | "other"', description: 'What it is.', default: 'one' },
          ],
          methods: [{ signature: 'grantOpen(who, how)', description: 'Opens it.' }],
        },
      ]);
    });

    it('fails for an input that says nothing of itself, or not what holds without it', async () => {
      await expect(
        constructsOf('readonly colour: string;', '/** Its lid. */ readonly lid?: string;'),
      ).rejects.toThrow(
        'These inputs say too little of themselves:\n  Box.colour: no comment\n  Box.lid: no @default',
      );
    });
  });
});
