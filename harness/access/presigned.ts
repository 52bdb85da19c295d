/** AWS's clock and that of who signs may be so far apart. */
const longestSkewMs = 15 * 60_000;

/** Whether a presigned URL has expired: `X-Amz-Date` and `X-Amz-Expires` seconds. LocalStack takes it all the same. */
export function isExpired(query: URLSearchParams, now: Date): boolean {
  const seconds = query.get('X-Amz-Expires');
  const signed = readDate(query.get('X-Amz-Date') ?? undefined);
  return seconds !== null && signed !== undefined && now.getTime() > signed + Number(seconds) * 1_000;
}

/** @param date of the header `X-Amz-Date` */
export function isSkewed(date: string | undefined, now: Date): boolean {
  const signed = readDate(date);
  return signed !== undefined && Math.abs(now.getTime() - signed) > longestSkewMs;
}

/** `20261124T103000Z` in milliseconds. */
function readDate(text = ''): number | undefined {
  const [, year = '', month = '', day = '', hour = '', minute = '', second = ''] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  return year === ''
    ? undefined
    : Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
}
