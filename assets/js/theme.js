// Light or dark: the system's choice until the reader makes one, which is remembered.

import { emit } from './hub.js';

const KEY = 'modelarium-theme';
const system = matchMedia('(prefers-color-scheme: dark)');

const chosen = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
const wanted = () => chosen() ?? (system.matches ? 'dark' : 'light');

function apply() {
  const dark = wanted() === 'dark';
  if (document.body.classList.contains('dark') !== dark) document.body.classList.toggle('dark', dark);
}

export function toggle() {
  const next = wanted() === 'dark' ? 'light' : 'dark';
  try { localStorage.setItem(KEY, next); } catch { /* private window: the choice lasts as long as the page */ }
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
