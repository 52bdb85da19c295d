import { ServiceError, validationError } from './errors';

/** What a request says about the page it wants. */
export interface PageRequest {
  readonly NextToken?: string | undefined;
  readonly MaxRecords?: number | undefined;
}

/** A page of a list, with the token for the next. */
export interface Page<T> {
  readonly items: T[];
  readonly nextToken: string | undefined;
}

/** How many items a page has. */
export interface PageSize {
  /** When the caller does not say. */
  readonly usual: number;
  readonly most: number;
}

const tokenPrefix = 'page:';

function begin(token: string | undefined, length: number): number {
  if (token === undefined) {
    return 0;
  }
  const text = Buffer.from(token, 'base64url').toString();
  const start = Number(text.slice(tokenPrefix.length));
  if (!text.startsWith(tokenPrefix) || !Number.isInteger(start) || start < 0 || start > length) {
    throw new ServiceError('InvalidNextToken', `The token '${token}' is not one that this action gave.`);
  }
  return start;
}

/**
 * Cuts a list into pages.
 *
 * @param size @default 50 a page, at most 100, as of most actions
 * @throws ServiceError for a token that no page had, or a page that is too large.
 */
export function page<T>(
  items: readonly T[],
  { NextToken, MaxRecords }: PageRequest,
  size: PageSize = { usual: 50, most: 100 },
): Page<T> {
  if (MaxRecords !== undefined && (MaxRecords < 1 || MaxRecords > size.most)) {
    const bound = MaxRecords < 1 ? 'greater than or equal to 1' : `less than or equal to ${size.most}`;
    throw validationError(
      `1 validation error detected: Value '${MaxRecords}' at 'maxRecords' failed to satisfy constraint: Member must have value ${bound}`,
    );
  }
  const start = begin(NextToken, items.length);
  const end = start + (MaxRecords ?? size.usual);
  return {
    items: items.slice(start, end),
    nextToken: end < items.length ? Buffer.from(`${tokenPrefix}${end}`).toString('base64url') : undefined,
  };
}
