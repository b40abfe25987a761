// The page inside somebody else's page, as the Hub shows it. It takes the height that is visible of the host's page and
// scrolls by itself, so that what is fixed, what fills the window and what scrolls work as in a tab of its own.

import { embedded } from './embed.js';

export const framed = window.parent !== window && !embedded;

if (framed) {
  document.documentElement.dataset.framed = '';
  document.documentElement.dataset.gradioCover = '';   // Gradio then asks a resizing host for the visible height, not for the whole page's
}

// This state at the application's own address; what a host adds to it, like __theme, is not for others.
export function address() {
  const here = new URL(location.href);
  const added = [...here.searchParams.keys()].filter((name) => name.startsWith('__'));
  for (const name of added) here.searchParams.delete(name);
  return added.length ? here.href : location.href;
}

export function toTop() {
  document.querySelector('#run').scrollTop = 0;
  const scroller = framed ? document.body : document.scrollingElement;
  scroller.scrollTo(0, 0);
}
