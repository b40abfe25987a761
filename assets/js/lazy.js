// A view of the page whose module and style sheet are fetched when it is first shown.

import { place } from './hub.js';

export function mount({ element }) {
  const { id } = element.closest('.block');
  let drawing = null;
  place(id, async (part) => {
    if (part === null && !drawing) return;   // there is nothing to show yet
    drawing ??= Promise.all([import(`../lazy/${id}.js`), styled(id)]).then(([module]) => module.mount(element));
    (await drawing)(part);
  });
}

export function styled(id) {
  const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: new URL(`../lazy/${id}.css`, import.meta.url).href });
  return new Promise((done) => {
    link.onload = link.onerror = done;
    document.head.append(link);
  });
}
