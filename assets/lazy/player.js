// The sound of a figure: play, pause, where it is, how loud. Nothing plays unless a person presses the button, and only
// one sound at a time. The file is in the page and was made no louder than half of full scale (app/export/wav.py).

import { draw } from '../js/stepper.js';

const VOLUME = 0.5;   // at first
let playing = null;

export class Player {
  constructor() {
    this.audio = new Audio();
    this.audio.volume = VOLUME;
    this.element = Object.assign(document.createElement('div'), { className: 'step player' });
    this.element.setAttribute('role', 'group');
    this.element.innerHTML = `<button type="button" class="btn play"><svg viewBox="0 0 16 16" aria-hidden="true"><path d=""/></svg></button>
      <input type="range" class="where" min="0" max="1" step="0.01" value="0" aria-label="Position in the sound"><output></output>
      <label><span class="sr">Volume</span><svg class="i" viewBox="0 0 16 16" aria-hidden="true"><path d="M2.5 6v4H5l3.5 3V3L5 6zM11 5.5a3.5 3.5 0 0 1 0 5"/></svg><input type="range" class="volume" min="0" max="100" step="5" value="${100 * VOLUME}" aria-valuetext="${100 * VOLUME} %"></label>`;
    const find = (selector) => this.element.querySelector(selector);
    Object.assign(this, { play: find('.play'), where: find('.where'), output: find('output'), volume: find('.volume') });
    this.play.addEventListener('click', () => (this.audio.paused ? this.start() : this.audio.pause()));
    this.where.addEventListener('input', () => { this.audio.currentTime = Number(this.where.value); this.write(); });
    this.volume.addEventListener('input', () => this.louder());
    for (const name of ['play', 'pause', 'ended', 'timeupdate']) this.audio.addEventListener(name, () => this.write());
    this.louder();
  }

  // The sound of a run. One that is the same plays on; another waits to be asked for.
  give(sound, title) {
    this.element.setAttribute('aria-label', `Sound of ${title}`);
    this.title = title;
    if (this.audio.src !== sound.file) {
      this.audio.pause();
      this.audio.src = sound.file;
      this.seconds = sound.seconds;
      this.where.max = sound.seconds;
    }
    this.write();
  }

  stop() {
    this.audio.pause();
    this.element.remove();
  }

  start() {
    if (playing !== this) playing?.audio.pause();
    playing = this;
    this.audio.play().catch(() => {});   // a new sound came before this one began
  }

  louder() {
    this.audio.volume = this.volume.value / 100;
    this.volume.setAttribute('aria-valuetext', `${this.volume.value} %`);
    this.volume.style.setProperty('--p', `${this.volume.value}%`);
  }

  write() {
    const { paused, currentTime } = this.audio;
    draw(this.play, paused ? `Play the sound of ${this.title}` : 'Pause', paused);
    this.where.value = currentTime;
    this.where.style.setProperty('--p', `${(100 * currentTime) / this.seconds}%`);
    this.output.textContent = `${currentTime.toFixed(1)} / ${this.seconds.toFixed(1)} s`;
    this.where.setAttribute('aria-valuetext', this.output.textContent);
  }
}
