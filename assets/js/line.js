// The line of code that belongs to the present step, marked wherever the page shows the code.

import { on } from './hub.js';

let present = '';

export function mark(line) {
  if (line === present && !line) return;
  present = line;
  for (const code of document.querySelectorAll('#page .src')) {
    const at = line ? code.textContent.split('\n').findIndex((text) => text.includes(line)) : -1;
    code.style.setProperty('--line', at);
    code.toggleAttribute('data-line', at >= 0);
  }
}

on('told', () => mark(present));   // the code may have come after the figure
