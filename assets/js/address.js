// The address bar: it leads to what is shown, and what it leads to is shown.

import { on, open, state } from './hub.js';

const home = (query) => !new URLSearchParams(query).has('entry');

export function go(query) {
  if (query !== location.search) history.pushState(null, '', query || location.pathname);
  open(query);
}

on('asked', (request) => {
  if (request.query === undefined) return;
  document.body.dataset.opening = home(request.query) ? 'home' : 'entry';
});

on('told', (told) => {
  const view = told.state === 'home' ? 'home' : told.entry ? 'entry' : document.body.dataset.view;
  show(view);
  if (told.state === 'home') {
    document.title = 'Modelarium';
    state.entry = null;
    state.query = '';
  } else if (told.query) {
    document.title = `${told.title} · Modelarium`;
    if (told.query !== location.search) history.replaceState(null, '', told.query);
  }
});

on('words', (told) => { show('entry'); document.title = `${told.title} · Modelarium`; });

function show(view) {
  if (!view) return;
  const moved = document.body.dataset.view && (document.body.dataset.view !== view || document.body.dataset.entry !== String(state.entry));
  document.body.dataset.view = view;
  document.body.dataset.entry = String(state.entry);
  if (moved) scrollTo(0, 0);
}

addEventListener('popstate', () => open(location.search));

open(location.search);
