import { html } from 'hono/html';
import { isPicture } from '../uploads/content-type';
import type { Manifest, Movie } from '../uploads/manifest';
import type { UploadDetails } from '../uploads/upload-details';
import { displayName } from '../uploads/upload-id';
import { formatDuration, formatSize, formatTime } from './format';
import { badge } from './home';
import { type Html, layout } from './layout';
import { links } from './links';

/** One upload: its state, and what was made of it. */
export function uploadPage(upload: UploadDetails): Html {
  const { name, state, size, modified, manifest, moved } = upload;
  const title = displayName(name);
  return layout({
    title: `${title} · Upload Pipeline`,
    pending: state !== 'processed',
    main: html`
      <nav class="crumbs" aria-label="Breadcrumb"><a href="/">All uploads</a></nav>
      <div data-live id="upload">
        <div class="list-head">
          <h1><bdi>${title}</bdi></h1>
          ${badge(state)}
        </div>
        <p class="facts">
          ${formatSize(size)} · <time datetime="${modified.toISOString()}">${formatTime(modified)}</time>
        </p>
        <div role="status">${stateText(upload)}</div>
        ${manifest === undefined ? picture(upload) : results(manifest, upload.resultsPrefix, title)}
        ${moved ? html`<p><a class="button" href="${links.download(name)}">Download the original</a></p>` : ''}
      </div>
    `,
  });
}

function stateText({ state, progress = 0 }: UploadDetails): Html {
  switch (state) {
    case 'waiting':
      return html`<p class="note">Waiting for a worker. This page follows along.</p>`;
    case 'working':
      return html`<p class="note">
        A worker is on it: ${progress} %
        <progress max="100" value="${progress}" aria-label="Progress"></progress>
      </p>`;
    case 'processed':
      return html``;
  }
}

function picture({ name, moved }: UploadDetails): Html {
  return moved && isPicture(name)
    ? html`<img class="picture" src="${links.file(name)}" alt="The uploaded picture" />`
    : html``;
}

function results(manifest: Manifest, prefix: string, title: string): Html {
  switch (manifest.kind) {
    case 'movie':
      return movie(manifest, prefix, title);
    case 'image':
      return html`<figure>
        <img
          class="picture"
          src="${links.file(prefix + manifest.thumbnail.file)}"
          alt="Thumbnail of ${title}"
        />
        <figcaption>${manifest.width} × ${manifest.height} pixels</figcaption>
      </figure>`;
  }
}

function movie(
  { durationSeconds, renditions, subtitles, playlist, poster, skipped }: Movie,
  prefix: string,
  title: string,
): Html {
  return html`
    <video
      class="picture"
      controls
      playsinline
      preload="metadata"
      poster="${links.file(prefix + poster)}"
      aria-label="${title}"
    >
      <source src="${links.text(prefix + playlist)}" type="application/vnd.apple.mpegurl" />
      ${renditions.map(({ file }) => html`<source src="${links.file(prefix + file)}" type="video/mp4" />`)}
      ${subtitles.map(
        ({ language, file }, index) =>
          html`<track
            kind="subtitles"
            src="${links.text(prefix + file)}"
            srclang="${language}"
            label="${languageName(language)}"
            ${index === 0 ? html`default` : ''}
          />`,
      )}
    </video>
    <h2>Results</h2>
    <ul class="results">
      ${renditions.map(
        ({ name, width, height, file }) =>
          html`<li>
            <a href="${links.download(prefix + file)}">${name}</a>
            <span class="facts">${width} × ${height}, MP4, ${formatDuration(durationSeconds)}</span>
          </li>`,
      )}
      <li>
        <a href="${links.text(prefix + playlist)}">HLS playlist</a>
        <span class="facts">all sizes, for players that adapt</span>
      </li>
      ${subtitles.map(
        ({ language, file }) =>
          html`<li>
            <a href="${links.download(prefix + file)}">Subtitles</a>
            <span class="facts">${languageName(language)}, WebVTT</span>
          </li>`,
      )}
      <li><a href="${links.file(prefix + poster)}">Poster</a></li>
      ${skipped.map(({ what, why }) => html`<li>${what}: <span class="facts">not made, since ${why}</span></li>`)}
    </ul>
  `;
}

function languageName(language: string): string {
  return (
    (language === 'und' ? undefined : new Intl.DisplayNames('en', { type: 'language' }).of(language)) ??
    'Subtitles'
  );
}
