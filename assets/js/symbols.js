// A letter of an equation: pointing at it, in the formula or in its list, lights the control and the axis that it is.

import { katex } from './tex.js';

const bare = (node) => node.textContent.replace(/[\u200b\s]/g, '');

// Marks in the formula, when it is set, what its list of symbols names: longer ones first, so that d is not sought in d_head.
export async function marked(row) {
  const list = [...row.querySelectorAll('[data-symbol]')];
  const engine = await katex();
  const formula = row.querySelector('.tex.display .katex-html');
  if (!engine || !formula || !list.length) return;
  const probe = document.createElement('span');
  const known = list.map((one) => {
    probe.innerHTML = engine.renderToString(one.dataset.symbol, { throwOnError: false, output: 'html' });
    return { one, text: bare(probe) };
  }).sort((a, b) => b.text.length - a.text.length);
  for (const { one, text } of known) {
    for (const node of formula.querySelectorAll('.mord, .mop')) {
      const inner = node.closest('[data-letter]') || node.nextElementSibling?.classList.contains('msupsub');
      if (inner || bare(node) !== text || bare(node.parentElement) === text && node.parentElement.matches('.mord')) continue;
      Object.assign(node.dataset, { letter: one.dataset.symbol, control: one.dataset.control, says: one.dataset.says });
      node.title = one.querySelector('dd').textContent;
    }
  }
}

function light(node, on) {
  const { control, says, letter, symbol } = node.dataset;
  const name = letter ?? symbol;
  for (const place of node.closest('.eq').querySelectorAll('[data-letter], [data-symbol]')) place.classList.toggle('lit', on && (place.dataset.letter ?? place.dataset.symbol) === name);
  const row = control ? document.querySelector(`#controls [data-control="${CSS.escape(control)}"]`) : null;
  row?.classList.toggle('lit', on);
  const words = [says, row?.querySelector('label, .lab')?.firstChild?.textContent].filter(Boolean).map((one) => one.toLowerCase());
  for (const title of document.querySelectorAll('#figures :is(.g-xtitle, .g-ytitle) text')) {
    const text = title.textContent.toLowerCase().split(',')[0].trim();
    title.classList.toggle('lit', on && words.some((one) => one === text || one.includes(text) || text.includes(one)));
  }
}

const target = (event) => event.target.closest?.('.eq :is([data-letter], [data-symbol])');
for (const [name, on] of [['pointerover', true], ['focusin', true], ['pointerout', false], ['focusout', false]]) {
  document.addEventListener(name, (event) => { const node = target(event); if (node) light(node, on); });
}
