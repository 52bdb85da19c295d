/** Names of files beside the playlist; nothing else is ever linked from one. */
const BESIDE = /^[\w.-]+$/u;
const ATTRIBUTE = /\bURI="([^"]*)"/gu;

/**
 * A playlist (RFC 8216) whose URIs lead through the site: the files beside it are private, and a relative URI would lose
 * the signature that opens them.
 *
 * @param link the URL of a file beside the playlist
 * @returns undefined when the text is no playlist, or leads elsewhere
 */
export function throughSite(playlist: string, link: (file: string) => string): string | undefined {
  if (!playlist.startsWith('#EXTM3U')) return undefined;
  const lines = playlist.split(/\r?\n/u);
  const isUri = (line: string): boolean => line.trim() !== '' && !line.startsWith('#');
  const uris = [
    ...lines.filter(isUri).map((line) => line.trim()),
    ...[...playlist.matchAll(ATTRIBUTE)].map(([, uri = '']) => uri),
  ];
  if (!uris.every((uri) => BESIDE.test(uri))) return undefined;
  return lines
    .map((line) =>
      isUri(line) ? link(line.trim()) : line.replaceAll(ATTRIBUTE, (_, uri: string) => `URI="${link(uri)}"`),
    )
    .join('\n');
}
