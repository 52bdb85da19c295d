import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { BodySpec } from './body';
import { readUserData } from './user-data';

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return '';
    }
    throw error;
  }
}

/** What a body has on the harness's disk: its own disk, and its console and journals, which stay after its end. */
export class BodyFolder {
  private constructor(
    readonly path: string,
    /** What the console says where there is no user data script. */
    readonly note: string,
  ) {}

  /** Makes the folder of an instance in `parent`, with the user data where cloud-init keeps it. */
  static async make(parent: string, { instanceId, userData }: BodySpec): Promise<BodyFolder> {
    const read = readUserData(userData);
    const note = {
      script: '',
      none: 'there is no user data',
      unsupported: `user data was not run: ${read.kind === 'unsupported' ? read.reason : ''}`,
    }[read.kind];
    const folder = new BodyFolder(join(parent, instanceId), note);
    await mkdir(join(folder.cloud, 'scripts'), { recursive: true });
    await mkdir(folder.journals, { recursive: true });
    await writeFile(folder.console, '', { flag: 'a' });
    await writeFile(join(folder.cloud, 'user-data.txt'), userData, { mode: 0o600 });
    if (read.kind === 'script') {
      await writeFile(join(folder.cloud, 'scripts/part-001'), read.script, { mode: 0o700 });
    }
    return folder;
  }

  /** What the body has under its root beside what every instance has. */
  get disk(): string {
    return join(this.path, 'disk');
  }

  /** Where cloud-init keeps the user data. */
  get cloud(): string {
    return join(this.disk, 'var/lib/cloud/instance');
  }

  /** Where the body's console goes. */
  get console(): string {
    return join(this.path, 'console.log');
  }

  /** Where the journals of its units go, one file a unit. */
  get journals(): string {
    return join(this.path, 'journal');
  }

  /** The console; empty before the first boot. */
  consoleOutput(): Promise<string> {
    return readIfThere(this.console);
  }

  /** The journal of a unit; empty when the unit never ran. */
  journal(unit: string): Promise<string> {
    return readIfThere(join(this.journals, `${unit}.log`));
  }
}

/** The host name that EC2 gives an instance. Source: «Amazon EC2 instance hostname types», EC2 user guide. */
export function hostNameOf({ privateIpAddress }: BodySpec): string {
  return `ip-${privateIpAddress.replaceAll('.', '-')}`;
}

/** What every process of a body inherits, as systemd's DefaultEnvironment would set it; there is no HOME, as on EC2. */
export function environmentOf({ endpoint, metadataEndpoint }: BodySpec): Record<string, string> {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LANG: 'C.UTF-8',
    AWS_ENDPOINT_URL: endpoint,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: metadataEndpoint,
    // The AWS CLI gives the metadata one second and one attempt; a machine that does other things as well may need more.
    AWS_METADATA_SERVICE_TIMEOUT: '5',
    AWS_METADATA_SERVICE_NUM_ATTEMPTS: '3',
  };
}
