// Escaped HTML from the server, laid over what stands there: equal nodes stay, so focus and KaTeX survive a run.

import { fresh } from './hub.js';
import { typeset } from './tex.js';

export function mount({ element, props, watch }) {
  const draw = () => {
    if (!props.value) return;
    const { serial, html } = JSON.parse(props.value);
    if (serial && !fresh(serial)) return;
    const template = document.createElement('template');
    template.innerHTML = html;
    morph(element, template.content);
    typeset(element);
    element.dispatchEvent(new CustomEvent('panel', { bubbles: true }));
  };
  watch('value', draw);
  draw();
}

function morph(old, fresh) {
  const olds = [...old.childNodes];
  const news = [...fresh.childNodes];
  news.forEach((node, index) => {
    const stands = olds[index];
    if (!stands) old.append(node);
    else if (stands.nodeName !== node.nodeName) stands.replaceWith(node);
    else if (node.nodeType === Node.TEXT_NODE) {
      if (stands.data !== node.data) stands.data = node.data;
    } else if (node.dataset?.tex !== undefined || stands.dataset?.tex !== undefined) {
      if (stands.dataset.tex !== node.dataset.tex) stands.replaceWith(node);   // an equal formula is set already
    } else if (!stands.isEqualNode(node)) {
      attributes(stands, node);
      morph(stands, node);
    }
  });
  olds.slice(news.length).forEach((node) => node.remove());
}

function attributes(old, fresh) {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}
