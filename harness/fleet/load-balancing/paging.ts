import { page as cut } from '../protocol/paging';

/** What a request says about the page it wants. */
export interface PageRequest {
  readonly Marker?: string | undefined;
  readonly PageSize?: number | undefined;
}

/** A page of a list, with the marker of the next. */
export interface Page<T> {
  readonly items: T[];
  readonly nextMarker: string | undefined;
}

/** Cuts a list into pages as Elastic Load Balancing does. @throws ServiceError for a marker that no page had. */
export function page<T>(items: readonly T[], { Marker, PageSize }: PageRequest): Page<T> {
  const { items: some, nextToken } = cut(
    items,
    { NextToken: Marker, MaxRecords: PageSize },
    { usual: 400, most: 400 },
  );
  return { items: some, nextMarker: nextToken };
}
