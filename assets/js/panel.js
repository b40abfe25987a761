// Escaped HTML from the server, laid over what stands there: equal nodes stay, so focus and KaTeX survive a run.

import { typeset } from './tex.js';
import { afterPaint } from './paint.js';
import { follow } from './value.js';

export function mount(given) {
  const { element } = given;
  follow(given, (html) => lay(element, html));
}

export function lay(element, html) {
  const template = document.createElement('template');
  template.innerHTML = html;
  morph(element, template.content);
  if (element.querySelector('.tex:not(.set)')) afterPaint(() => typeset(element));
}

function morph(old, fresh) {
  let stands = old.firstChild;
  for (const node of [...fresh.childNodes]) {
    let match = stands;
    while (match && !alike(match, node)) match = match.nextSibling;
    if (!match) { old.insertBefore(node, stands); continue; }
    while (stands !== match) stands = removed(stands);
    if (node.nodeType === Node.TEXT_NODE) {
      if (match.data !== node.data) match.data = node.data;
    } else if (node.dataset.tex === undefined && !match.isEqualNode(node)) {   // an equal formula is set already
      attributes(match, node);
      morph(match, node);
    }
    stands = match.nextSibling;
  }
  while (stands) stands = removed(stands);
}

function removed(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

const key = (node) => [node.nodeName, node.id, node.classList?.[0], node.dataset?.tex].join(' ');
const alike = (a, b) => key(a) === key(b);

function attributes(old, fresh) {
  const kept = (name) => name === 'open' && old.closest('#compare');   // folded or not is the reader's, also after another run
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !kept(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}
