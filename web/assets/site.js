'use strict';

// The pages work without this script: it saves loading them again, and says early what S3 would refuse.

const SOON_MS = 1500;
const LATER_MS = 10_000;

/** Takes over from a fresh copy of this page what has changed in its live parts; resolves with whether anything has. */
async function refresh() {
  const response = await fetch(location.href);
  if (!response.ok) return false;
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
  let changed = false;
  for (const part of document.querySelectorAll('[data-live]')) {
    const replacement = fresh.getElementById(part.id);
    if (replacement === null || part.isEqualNode(replacement)) continue;
    part.innerHTML = replacement.innerHTML;
    changed = true;
  }
  // A signature that is about to expire is of no use to a form that is still open.
  const fields = fresh.querySelector('[data-fields]');
  if (fields !== null && !sending) document.querySelector('[data-fields]').replaceWith(fields);
  const main = document.getElementById('main');
  main.toggleAttribute('data-pending', fresh.querySelector('[data-pending]') !== null);
  return changed;
}

/** Looks soon while things change, and less and less often while nothing does. */
async function follow() {
  for (let wait = SOON_MS; ;) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    const worthIt = document.querySelector('[data-pending], #list') !== null;
    if (!worthIt || document.visibilityState !== 'visible' || sending) continue;
    // A server that is being replaced, or a network that is away: the next time will do.
    const changed = await refresh().catch(() => false);
    wait = changed ? SOON_MS : Math.min(LATER_MS, wait * 1.2);
  }
}

let sending = false;
const form = document.getElementById('upload-form');
if (form !== null) {
  const file = document.getElementById('file');
  const problem = document.getElementById('problem');
  const button = form.querySelector('button');
  const label = form.querySelector('.file');

  file.addEventListener('change', () => {
    const [chosen] = file.files;
    const wrong =
      chosen === undefined
        ? ''
        : chosen.size === 0
          ? 'This file is empty.'
          : chosen.size > Number(file.dataset.max)
            ? 'This file is too large.'
            : '';
    file.setCustomValidity(wrong);
    problem.textContent = wrong;
  });
  form.addEventListener('submit', () => {
    sending = true;
    button.disabled = true;
    button.textContent = 'Uploading…';
  });
  // Back from S3's answer, the browser may show the page as it was left.
  addEventListener('pageshow', () => {
    sending = false;
    button.disabled = false;
    button.textContent = 'Upload';
  });
  for (const [event, over] of [
    ['dragover', true],
    ['dragleave', false],
    ['drop', false],
  ]) {
    label.addEventListener(event, (drag) => {
      drag.preventDefault();
      label.classList.toggle('over', over);
      if (event !== 'drop') return;
      const [first, ...others] = drag.dataTransfer.files;
      // A text can be dropped as well.
      if (first === undefined) return;
      // S3 takes one file of a form, and refuses two.
      const one = new DataTransfer();
      one.items.add(first);
      file.files = one.files;
      file.dispatchEvent(new Event('change'));
      if (others.length > 0 && problem.textContent === '')
        problem.textContent = `One file at a time: only ${first.name} is uploaded.`;
    });
  }
}

void follow();
