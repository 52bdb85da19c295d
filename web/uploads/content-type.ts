import path from 'node:path';

/** What a browser shows by itself and never runs: neither HTML nor SVG. */
const INLINE: Readonly<Record<string, string>> = {
  '.avif': 'image/avif',
  '.gif': 'image/gif',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.m4s': 'video/iso.segment',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
  '.ogg': 'audio/ogg',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.txt': 'text/plain; charset=utf-8',
  '.wav': 'audio/wav',
  '.webm': 'video/webm',
  '.webp': 'image/webp',
};

/** The content type under which a file is shown; undefined for one that is only ever downloaded. */
export function inlineType(name: string): string | undefined {
  return INLINE[path.posix.extname(name).toLowerCase()];
}

/** Whether a browser shows the file as a picture. */
export function isPicture(name: string): boolean {
  return inlineType(name)?.startsWith('image/') === true;
}
