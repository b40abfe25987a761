// The address bar: it leads to what is shown, and what it leads to is shown.

import { on, open, state } from './hub.js';
import { kept } from './mode.js';
import { afterPaint } from './paint.js';

const home = (query) => !['entry', 'lesson'].some((name) => new URLSearchParams(query).has(name));

export function go(query) {
  if (query !== location.search) history.pushState(null, '', query || location.pathname);
  open(query);
}

on('told', (told) => {
  const view = told.state === 'home' ? 'home' : told.entry ? 'entry' : document.body.dataset.view;
  show(view);
  if (told.state === 'home') {
    const chapter = told.chapter && document.querySelector(`section.chapter[data-chapter="${told.chapter}"] h2`).textContent;
    document.title = chapter ? `${chapter} · Modelarium` : 'Modelarium';
    state.entry = null;
    state.query = '';
  } else if (told.query) {
    document.title = `${told.title} · Modelarium`;
    const query = kept(told.query);
    if (query !== location.search) history.replaceState(null, '', query);
  }
});

on('words', (told) => { show('entry'); document.title = `${told.title} · Modelarium`; });

function show(view) {
  if (!view) return;
  const moved = document.body.dataset.entry && document.body.dataset.entry !== String(state.entry);
  document.body.dataset.view = view;
  document.body.dataset.entry = String(state.entry);
  if (!moved) return;
  scrollTo(0, 0);
  afterPaint(() => {   // a link that left the page took the focus with it
    const lost = document.activeElement === document.body || document.activeElement.offsetParent === null;
    if (lost) document.querySelector(view === 'home' ? '#pitch h1' : '#head h1')?.focus({ preventScroll: true });
  });
}

addEventListener('popstate', () => open(location.search));

document.body.dataset.view = home(location.search) ? 'home' : 'entry';   // the frame stands before the first answer
open(location.search);
