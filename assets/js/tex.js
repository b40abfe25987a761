// LaTeX by the KaTeX that Gradio's front-end ships. If it does not come, the source stands in the page.

let katex = null;

const loaded = import(new URL(window.modelarium.katex, document.baseURI).href)
  .then((module) => { katex = module.default; })
  .catch((problem) => console.warn('KaTeX is not there; formulas stay as source.', problem));

export async function typeset(root) {
  await loaded;
  for (const formula of root.querySelectorAll('.tex:not(.set)')) {
    const displayMode = formula.classList.contains('display');
    if (katex) katex.render(formula.dataset.tex, formula, { displayMode, fleqn: true, throwOnError: false, strict: false });
    formula.classList.add(katex ? 'set' : 'source');
  }
}
