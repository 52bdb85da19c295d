/** Where the pages of the site are. Names of uploads only ever stand in the query, never in the path. */
export const links = {
  home: (after?: string): string => (after === undefined ? '/' : `/?after=${encodeURIComponent(after)}`),
  upload: (name: string): string => `/uploads?name=${encodeURIComponent(name)}`,
  file: (name: string): string => `/files?name=${encodeURIComponent(name)}`,
  download: (name: string): string => `/files?download&name=${encodeURIComponent(name)}`,
  /** A playlist or subtitles, which the site serves itself. */
  text: (name: string): string => `/text?name=${encodeURIComponent(name)}`,
} as const;
