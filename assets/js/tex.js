// LaTeX by the KaTeX that Gradio's front-end ships. Until it is there the source stands in the page.

let katex = null;

const loaded = import(new URL(window.modelarium.katex, document.baseURI).href)
  .then((module) => { katex = module.default; })
  .catch((problem) => console.warn('KaTeX is not there; formulas stay as source.', problem));

export async function typeset(root) {
  const formulas = [...root.querySelectorAll('.tex:not(.set)')];
  if (!formulas.length) return;
  await loaded;
  if (!katex) return;
  for (const formula of formulas) {
    if (!formula.isConnected) continue;
    const displayMode = formula.classList.contains('display');
    katex.render(formula.dataset.tex, formula, { displayMode, fleqn: true, throwOnError: false, strict: false });
    formula.classList.add('set');
  }
}
