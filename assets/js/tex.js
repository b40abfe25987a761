// LaTeX by the KaTeX that Gradio's front-end ships. If it does not come, the source stands in the page.

import { marked } from './symbols.js';

let engine = null;

const loaded = import(new URL(window.modelarium.katex, document.baseURI).href)
  .then((module) => { engine = module.default; })
  .catch((problem) => console.warn('KaTeX is not there; formulas stay as source.', problem));

export const katex = async () => { await loaded; return engine; };

// A formula wider than its place can be scrolled, by key too. Its fonts come late and change what it needs.
function reach(formula) {
  if (formula.scrollWidth > formula.clientWidth) formula.tabIndex = 0;
  else formula.removeAttribute('tabindex');
}
const fit = new ResizeObserver((entries) => entries.forEach(({ target }) => reach(target)));
document.fonts.addEventListener('loadingdone', () => document.querySelectorAll('.tex.display.set').forEach(reach));

const coloured = ({ command }) => command === '\\htmlClass';   // numbers in the colour of where they came from

export async function typeset(root) {
  await loaded;
  for (const formula of root.querySelectorAll('.tex:not(.set)')) {
    const displayMode = formula.classList.contains('display');
    if (engine) engine.render(formula.dataset.tex, formula, { displayMode, fleqn: true, throwOnError: false, strict: false, trust: coloured });
    formula.classList.add(engine ? 'set' : 'source');
    if (displayMode && engine) fit.observe(formula);
  }
  for (const row of root.querySelectorAll('.eq')) marked(row);
}
