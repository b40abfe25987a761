// The control of drawn edges: what a click on a node does, a place for those who do not click, each change, and Clear.

import { flipped, parsed, pen } from '../js/edges.js';
import { emit } from '../js/hub.js';

export function mount(root, spec, told) {
  let value = '';
  pen.draws = false;
  pen.from = null;
  const choice = ['chooses it', 'draws an edge'].map((says, index) =>
    `<label><input type="radio" name="${root.id}-click" value="${index}"${index ? '' : ' checked'}><span>${says}</span></label>`).join('');
  root.innerHTML = `${spec.picks ? `<span class="pen">A click on a node <span class="seg" role="radiogroup" aria-label="A click on a node">${choice}</span></span>` : ''}
    <span class="place">${['from', 'to'].map((name) => `<label>${name} <input class="field" type="text" inputmode="numeric" name="${name}" autocomplete="off"></label>`).join('')}
    <button type="button" class="btn line" data-do="flip">Draw or remove</button><button type="button" class="btn line" data-do="clear">Clear</button></span>
    <span class="changes"></span><output aria-live="polite"></output>`;
  const find = (selector) => root.querySelector(selector);
  const turn = (text) => { set(text); told(text); };
  const flip = () => {
    const pair = ['from', 'to'].map((name) => find(`[name=${name}]`).value.trim());
    const nodes = pair.map(Number);
    if (pair.every(Boolean) && nodes.every((node) => Number.isInteger(node) && node >= spec.low && node <= spec.high) && nodes[0] !== nodes[1]) turn(flipped(value, [nodes], spec));
    else find('output').textContent = `takes two different nodes from ${spec.low} to ${spec.high}`;
  };
  function set(text) {
    value = text;
    const pairs = parsed(text);
    find('.changes').replaceChildren(...pairs.map((pair) => {
      const chip = Object.assign(document.createElement('button'), { type: 'button', className: 'chip', textContent: `${pair.join('–')} ×` });
      chip.setAttribute('aria-label', `Undo the change of edge ${pair.join('–')}`);
      chip.addEventListener('click', () => turn(flipped(value, [pair], spec)));
      return chip;
    }));
    find('output').textContent = pairs.length ? `${pairs.length} changed` : 'none changed';
    find('[data-do=clear]').disabled = !pairs.length;
  }
  root.addEventListener('change', ({ target }) => { if (target.type === 'radio') { pen.draws = target.value === '1'; pen.from = null; emit('pen'); } });
  root.addEventListener('keydown', (event) => { if (event.key === 'Enter' && event.target.matches('.field')) { event.preventDefault(); flip(); } });
  find('[data-do=flip]').addEventListener('click', flip);
  find('[data-do=clear]').addEventListener('click', () => turn(''));
  return set;
}
