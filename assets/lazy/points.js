// The control of added points: the class of the next one, a place for those who do not click, and Clear.

import { next, parsed, toggled } from '../js/points.js';

export function mount(root, spec, told) {
  let value = '';
  root.innerHTML = `<div class="seg" role="radiogroup" aria-label="Class of the next point">${['a', 'b'].map((letter, index) =>
    `<label class="${letter}"><input type="radio" name="${root.id}-class" value="${letter}"${letter === next.letter ? ' checked' : ''}><span><i></i>${['blue', 'orange'][index]}</span></label>`).join('')}</div>
    <span class="place">${['x', 'y'].map((name) => `<label>${name} <input class="field" type="text" inputmode="decimal" value="0" name="${name}" autocomplete="off"></label>`).join('')}
    <button type="button" class="btn line" data-do="add">Add</button><button type="button" class="btn line" data-do="clear">Clear</button></span><output aria-live="polite"></output>`;
  const find = (selector) => root.querySelector(selector);
  const add = () => {
    const at = ['x', 'y'].map((name) => Number(find(`[name=${name}]`).value.replace('−', '-')));
    if (at.every(Number.isFinite)) turn(toggled(value, at, spec));
  };
  const turn = (text) => { set(text); told(text); };
  function set(text) {
    value = text;
    const count = parsed(text).length;
    find('output').textContent = count ? `${count} added` : 'none added';
    find('[data-do=clear]').disabled = !count;
  }
  root.addEventListener('change', ({ target }) => { if (target.type === 'radio') next.letter = target.value; });
  root.addEventListener('keydown', (event) => { if (event.key === 'Enter' && event.target.matches('.field')) { event.preventDefault(); add(); } });
  find('[data-do=add]').addEventListener('click', add);
  find('[data-do=clear]').addEventListener('click', () => turn(''));
  return set;
}
