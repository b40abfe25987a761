// The formulas of a printed page of a lesson.

window.modelarium = { katex: document.body.dataset.katex };
const { typeset } = await import('../js/tex.js');
typeset(document.body);
