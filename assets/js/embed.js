// ?entry=rope&embed=2: that figure alone, for a frame in somebody's page, and a link to the whole.

import { on } from './hub.js';

const asked = new URLSearchParams(location.search).get('embed');

export const embedded = asked !== null;

// What to put in a page for one figure; its title says which it is.
export const frame = (query, { slot, title, height }) => {
  const address = new URL(query, location.href);
  address.searchParams.set('embed', slot + 1);
  const safe = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return `<iframe src="${safe(address.href)}" title="${safe(title)}" width="720" height="${height + 160}" style="border:0" loading="lazy"></iframe>`;
};

if (embedded) {
  document.body.dataset.embed = /^[123]$/.test(asked) ? asked : '1';
  const whole = Object.assign(document.createElement('a'), { className: 'full-page', target: '_blank', rel: 'noopener' });
  on('told', (told) => {
    if (!told.query) return;
    whole.href = told.query;
    whole.textContent = `${told.title} in Modelarium`;
    document.querySelector('#figures').append(whole);
  });
}
