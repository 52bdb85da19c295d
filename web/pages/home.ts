import { html } from 'hono/html';
import type { UploadForm } from '../uploads/store';
import { displayName } from '../uploads/upload-id';
import type { UploadPage, UploadSummary } from '../uploads/upload-list';
import { formatSize, formatTime, stateNames } from './format';
import { type Html, layout } from './layout';
import { links } from './links';

export interface HomeProps {
  readonly form: UploadForm;
  readonly maxUploadBytes: number;
  readonly page: UploadPage;
  /** Whether this is a page behind the first one. */
  readonly older: boolean;
}

/** The form, and the uploads with their states. */
export function home({ form, maxUploadBytes, page, older }: HomeProps): Html {
  const { uploads, next } = page;
  const pending = uploads.filter(({ state }) => state !== 'processed').length;
  return layout({
    title: older ? 'Older uploads · Upload Pipeline' : 'Upload Pipeline',
    pending: pending > 0,
    main: html`
      ${older ? html`<h1>Older uploads</h1>` : uploadForm(form, maxUploadBytes)}
      <section aria-labelledby="list-title">
        <div class="list-head">
          <h2 id="list-title">${older ? 'Uploads' : 'Latest uploads'}</h2>
          <p role="status" data-live id="count">${count(uploads.length, pending)}</p>
        </div>
        <div data-live id="list">
          ${
            uploads.length === 0
              ? html`<p class="empty">Nothing here yet. Upload a file, and watch it become processed.</p>`
              : html`<ul class="uploads">
                  ${uploads.map(item)}
                </ul>`
          }
        </div>
        <nav class="pages" aria-label="Pages">
          ${older ? html`<a href="${links.home()}">Newest uploads</a>` : ''}
          ${next === undefined ? '' : html`<a href="${links.home(next)}">Older uploads</a>`}
        </nav>
      </section>
    `,
  });
}

function uploadForm({ url, fields }: UploadForm, maxUploadBytes: number): Html {
  return html`<section class="hero" aria-labelledby="form-title">
    <h1 id="form-title">Upload a file</h1>
    <p class="lead">
      Movies get 1080p and 720p renditions, a poster and subtitles. Images get a thumbnail. Everything else is
      kept as it is.
    </p>
    <form id="upload-form" action="${url}" method="post" enctype="multipart/form-data">
      <div data-fields>
        ${Object.entries(fields).map(
          ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
        )}
      </div>
      <div class="file">
        <label for="file">Choose a file</label>
        <span class="facts" id="file-hint"
          >Up to ${formatSize(maxUploadBytes)}. Everyone who opens this site can see it.</span
        >
        <input
          id="file"
          type="file"
          name="file"
          required
          aria-describedby="file-hint"
          data-max="${maxUploadBytes}"
        />
      </div>
      <button type="submit">Upload</button>
      <p role="alert" id="problem" class="problem"></p>
    </form>
  </section>`;
}

function count(all: number, pending: number): string {
  if (all === 0) return 'no uploads';
  return pending === 0 ? 'all processed' : `${pending} of ${all} not processed yet`;
}

function item({ name, state, size, modified, picture }: UploadSummary): Html {
  return html`<li>
    <a class="card" href="${links.upload(name)}">
      <span class="thumb" aria-hidden="true"
        >${picture === undefined ? extension(name) : html`<img src="${links.file(picture)}" alt="" loading="lazy" />`}</span
      >
      <span class="what">
        <bdi class="name">${displayName(name)}</bdi>
        <span class="facts"
          >${formatSize(size)} ·
          <time datetime="${modified.toISOString()}">${formatTime(modified)}</time></span
        >
      </span>
      ${badge(state)}
    </a>
  </li>`;
}

/** `PDF`, where there is no picture. */
function extension(name: string): string {
  return /\.([a-z0-9]{1,4})$/iu.exec(name)?.[1]?.toUpperCase() ?? '';
}

/** A state, in words as well as in colour. */
export function badge(state: UploadSummary['state']): Html {
  return html`<span class="badge ${state}">${stateNames[state]}</span>`;
}
