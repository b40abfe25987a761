// The map: lists that the server lays out; here the lines between them, and the keys to walk along them.

import { lay } from '../js/panel.js';

export function mount(element) {
  const resized = new ResizeObserver(() => lines(element));
  element.addEventListener('keydown', walk);
  for (const event of ['pointerover', 'focusin']) element.addEventListener(event, ({ target }) => light(element, target.closest('[data-node]')));
  for (const event of ['pointerout', 'focusout']) element.addEventListener(event, () => light(element, null));
  return (html) => {
    lay(element, html);
    resized.disconnect();
    element.querySelectorAll('.graph').forEach((graph) => resized.observe(graph));
    lines(element);
  };
}

// From the end of one to the start of the next: rightwards where lists stand side by side, else downwards.
function lines(element) {
  const graph = element.querySelector('.graph');
  if (!graph || !graph.offsetParent) return;
  const origin = graph.getBoundingClientRect();
  const boxes = new Map([...graph.querySelectorAll('[data-node]')].map((node) => [node.dataset.node, node.getBoundingClientRect()]));
  const [first, second] = graph.querySelectorAll('section');
  const across = !second || second.getBoundingClientRect().left > first.getBoundingClientRect().left;
  const svg = graph.querySelector('svg');
  svg.setAttribute('viewBox', `0 0 ${origin.width} ${origin.height}`);
  const lists = new Map([...graph.querySelectorAll('[data-node]')].map((node) => [node.dataset.node, node.closest('section')]));
  const drawn = ([from, to]) => boxes.has(from) && boxes.has(to) && (across || lists.get(from) !== lists.get(to));   // in a row they would cross it
  svg.replaceChildren(...JSON.parse(graph.dataset.lines).filter(drawn).map(([from, to, kind]) => {
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    path.setAttribute('d', curve(boxes.get(from), boxes.get(to), origin, across));
    path.setAttribute('class', kind);
    Object.assign(path.dataset, { from, to });
    return path;
  }));
}

function curve(a, b, origin, across) {
  if (across && a.left > b.left) return curve(b, a, origin, across);   // a variant that stands further back
  const x = (at) => (at - origin.left).toFixed(1);
  const y = (at) => (at - origin.top).toFixed(1);
  const same = across ? Math.abs(a.left - b.left) < 2 : Math.abs(a.top - b.top) < 2;
  if (across && same) {   // a bow beside the list
    const [top, low] = [a.top + a.height / 2, b.top + b.height / 2];
    return `M${x(a.right)} ${y(top)}C${x(a.right + 18)} ${y(top)} ${x(b.right + 18)} ${y(low)} ${x(b.right)} ${y(low)}`;
  }
  if (across) {
    const [start, end] = [a.right, b.left];
    const [top, low] = [a.top + a.height / 2, b.top + b.height / 2];
    const reach = Math.max(24, Math.abs(end - start) / 2);
    return `M${x(start)} ${y(top)}C${x(start + reach)} ${y(top)} ${x(end - reach)} ${y(low)} ${x(end)} ${y(low)}`;
  }
  const [start, end] = [a.left + a.width / 2, b.left + b.width / 2];
  const reach = Math.max(14, Math.abs(b.top - a.bottom) / 2);
  return `M${x(start)} ${y(a.bottom)}C${x(start)} ${y(a.bottom + reach)} ${x(end)} ${y(b.top - reach)} ${x(end)} ${y(b.top)}`;
}

function light(element, node) {
  const name = node?.dataset.node;
  element.querySelector('.graph')?.toggleAttribute('data-lit', Boolean(name));
  for (const path of element.querySelectorAll('.graph path')) path.classList.toggle('lit', name === path.dataset.from || name === path.dataset.to);
}

// Up and down within a list, left and right to the nearest of the next.
function walk(event) {
  const here = event.target.closest('.graph a');
  if (!here || !event.key.startsWith('Arrow') || event.altKey || event.ctrlKey || event.metaKey) return;
  const lists = [...here.closest('.graph').querySelectorAll('section')].map((section) => [...section.querySelectorAll('a')]).filter((list) => list.length);
  const at = lists.findIndex((list) => list.includes(here));
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const next = step ? nearest(here, lists[at + step]) : lists[at][lists[at].indexOf(here) + (event.key === 'ArrowDown' ? 1 : -1)];
  next?.focus();
  event.preventDefault();
}

function nearest(here, list = []) {
  const middle = (node) => { const box = node.getBoundingClientRect(); return box.top + box.height / 2; };
  return [...list].sort((a, b) => Math.abs(middle(a) - middle(here)) - Math.abs(middle(b) - middle(here)))[0];
}
