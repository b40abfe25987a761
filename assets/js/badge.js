// The line above the controls: what ran, or that it is running; and the state of everything that waits for it.

import { elapsed, on, state } from './hub.js';

let badge = [];
let timer = 0;

const find = (selector) => document.querySelector(`#run ${selector}`);

function write(parts, live) {
  const line = find('.live .line');
  if (!line) return;
  const first = document.createElement('b');
  first.textContent = parts[0];
  line.replaceChildren(live ? first : parts[0], parts.slice(1).map((part) => ` · ${part}`).join(''));
}

function draw() {
  const busy = state.phase === 'running' || state.phase === 'streaming';
  document.body.dataset.phase = state.phase;
  const [reset, stop] = [find('[data-act=reset]'), find('[data-act=stop]')];
  if (reset && stop) {
    const focused = document.activeElement === (busy ? reset : stop);
    reset.hidden = busy;
    stop.hidden = !busy;
    if (focused) (busy ? stop : reset).focus();
  }
  clearInterval(timer);
  if (!busy) return badge.length ? write(badge, true) : undefined;
  const what = state.phase === 'streaming' ? 'figures follow' : badge.length ? 'figures show the previous run' : 'first run';
  const tick = () => write(['running', `${(elapsed() / 1000).toFixed(1)} s`, what], false);
  timer = setInterval(tick, 100);
  tick();
  const tally = document.querySelector('#claims .sec span');
  if (tally) tally.textContent = 'checking again';
}

on('words', () => { badge = []; draw(); });
on('told', (told) => {
  if (told.badge) badge = told.badge;
  if (told.state === 'failed') badge = [];
  draw();
});
on('stopped', () => { badge = badge.length ? ['stopped', ...badge.slice(1)] : ['stopped']; draw(); });
on('phase', draw);
