import { Token } from 'cdktf';

import type { Problem } from '../validation';

/** What a browser sends as `Origin`: scheme, host, and the port where it is not the usual one. */
export function originProblems(origins: readonly string[]): Problem[] {
  const wrong = origins.filter(
    (origin) => !Token.isUnresolved(origin) && !/^https?:\/\/[a-z0-9.-]+(:\d{1,5})?$/.test(origin),
  );
  return wrong.length === 0
    ? []
    : [
        {
          field: 'corsOrigins',
          given: wrong,
          allowed:
            'an origin is scheme and host in lowercase, and a port if need be, without a path: "https://films.example".',
        },
      ];
}
