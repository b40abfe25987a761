// Light or dark: what the address asks for (__theme), else the reader's last choice, which is remembered, else the
// system's; the reader's choice on this page comes before all.

import { emit } from './hub.js';

const KEY = 'modelarium-theme';
const system = matchMedia('(prefers-color-scheme: dark)');

const given = { light: 'light', dark: 'dark' }[new URLSearchParams(location.search).get('__theme')];
let picked = null;

const chosen = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
const wanted = () => picked ?? given ?? chosen() ?? (system.matches ? 'dark' : 'light');

function apply() {
  const dark = wanted() === 'dark';
  if (document.body.classList.contains('dark') !== dark) document.body.classList.toggle('dark', dark);
}

export function toggle() {
  picked = wanted() === 'dark' ? 'light' : 'dark';
  try { localStorage.setItem(KEY, picked); } catch { /* private window, another site's frame: it lasts as long as the page */ }
  apply();
}

let last = null;
new MutationObserver(() => {
  apply();   // Gradio sets the system's theme after us
  const now = document.body.classList.contains('dark');
  if (now !== last) { last = now; emit('theme'); }
}).observe(document.body, { attributes: true, attributeFilter: ['class'] });
system.addEventListener('change', apply);
apply();
last = document.body.classList.contains('dark');
