import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

export interface Asset {
  readonly content: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
}

/** Files of the site by their names. */
export type Assets = ReadonlyMap<string, Asset>;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Reads them once: they are few and small. */
export async function readAssets(folder: string): Promise<Assets> {
  const names = await readdir(folder);
  const assets = names.map(async (name): Promise<[string, Asset]> => {
    const contentType = CONTENT_TYPES[path.extname(name)] ?? 'application/octet-stream';
    return [name, { content: new Uint8Array(await readFile(path.join(folder, name))), contentType }];
  });
  return new Map(await Promise.all(assets));
}
