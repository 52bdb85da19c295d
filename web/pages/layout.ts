import { html } from 'hono/html';

/** HTML whose interpolated values are escaped. */
export type Html = ReturnType<typeof html>;

export interface Page {
  readonly title: string;
  readonly main: Html;
  /** Whether something is expected to change: without JavaScript the browser then loads the page again. */
  readonly pending?: boolean;
}

const RELOAD_SECONDS = 5;

/** A whole page. */
export function layout({ title, main, pending = false }: Page): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/site.css" />
        <script src="/assets/site.js" defer></script>
        ${pending ? html`<noscript><meta http-equiv="refresh" content="${RELOAD_SECONDS}" /></noscript>` : ''}
      </head>
      <body>
        <a class="skip" href="#main">Skip to content</a>
        <header class="bar">
          <a class="brand" href="/"
            ><img src="/assets/icon.svg" alt="" width="28" height="28" />Upload Pipeline</a
          >
        </header>
        <main id="main" ${pending ? html`data-pending` : ''}>${main}</main>
      </body>
    </html>`;
}

/** A page that says why there is no other. */
export function message(title: string, text: string): Html {
  return layout({
    title,
    main: html`<h1>${title}</h1>
      <p>${text}</p>
      <p><a href="/">All uploads</a></p>`,
  });
}
