/**
 * Orders two events of the same key by their sequencers: negative when `a` is older, positive when newer, 0 when equal.
 *
 * Sequencers are hexadecimal strings of different lengths, compared after padding the shorter with zeros on the left
 * (AWS, "Event message structure" of the S3 User Guide). They say nothing about events of different keys.
 */
export function compareSequencers(a: string, b: string): number {
  const width = Math.max(a.length, b.length);
  const left = a.toLowerCase().padStart(width, '0');
  const right = b.toLowerCase().padStart(width, '0');
  return left < right ? -1 : left > right ? 1 : 0;
}
