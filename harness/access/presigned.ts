/** Whether a presigned URL has expired: `X-Amz-Date` and `X-Amz-Expires` seconds. LocalStack takes it all the same. */
export function isExpired(query: URLSearchParams, now: Date): boolean {
  const seconds = query.get('X-Amz-Expires');
  const [, year = '', month = '', day = '', hour = '', minute = '', second = ''] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get('X-Amz-Date') ?? '') ?? [];
  if (seconds === null || year === '') {
    return false;
  }
  const signed = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  return now.getTime() > signed + Number(seconds) * 1_000;
}
