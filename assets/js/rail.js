// The catalogue: chapters whose entries come when one is opened, the level filter, and the mark on the current entry.

import { server, state } from './hub.js';

const rail = () => document.querySelector('#rail .rail');
const asked = new Map();   // chapter → its list, on the way or there

export const level = () => rail()?.querySelector('[name=level]:checked')?.value ?? '';

export async function expand(chapter, open) {
  const list = chapter.querySelector('ul');
  chapter.classList.toggle('open', open);
  chapter.querySelector('button').setAttribute('aria-expanded', String(open));
  list.hidden = !open;
  if (open) await listed(chapter);
}

// The list of a chapter is there, whether it is open or not.
export async function listed(chapter) {
  const { chapter: slug } = chapter.dataset;
  if (!asked.has(slug)) asked.set(slug, fill(slug, chapter.querySelector('ul')));
  await asked.get(slug);
}

async function fill(slug, list) {
  list.setAttribute('aria-busy', 'true');
  list.innerHTML = (await server('chapter', slug)).html;
  list.removeAttribute('aria-busy');
  sift(list);
}

function sift(list) {
  for (const item of list.querySelectorAll('li[data-level]')) item.hidden = Boolean(level()) && item.dataset.level !== level();
}

// Only the chosen level: of every chapter the number of its entries, of open ones the entries too.
export function filter() {
  for (const chapter of rail().querySelectorAll('.cat > li')) {
    const levels = JSON.parse(chapter.dataset.levels);
    const count = level() ? levels[level()] ?? 0 : Object.values(levels).reduce((all, one) => all + one, 0);
    chapter.querySelector('.n').textContent = count;
    chapter.hidden = !count;
    sift(chapter.querySelector('ul'));
  }
}

// Marks the entry that is shown, in its chapter, which opens for it once.
export async function mark(entry, slug) {
  if (rail()?.querySelector('.cat [aria-current]')?.dataset.entry === entry) return;
  const chapter = entry && rail()?.querySelector(`.cat > [data-chapter="${slug}"]`);
  if (chapter) await expand(chapter, true);
  if (entry !== state.entry) return;
  rail()?.querySelector('.cat [aria-current]')?.removeAttribute('aria-current');
  const link = chapter?.querySelector(`a[data-entry="${entry}"]`);
  if (!link) return;
  link.setAttribute('aria-current', 'page');
  const box = link.closest('.cat');
  const [top, low] = [link.getBoundingClientRect(), box.getBoundingClientRect()];
  if (top.top < low.top || top.bottom > low.bottom) box.scrollTop += top.top - low.top - box.clientHeight / 3;
}
