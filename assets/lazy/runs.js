// The runs of this visit, on a page where something trains: what was changed, what the claims measured. Two of them can
// be compared. They are kept in this module, so they go with the page; nothing is stored.

const MOST = 12;
const kept = new Map();   // entry → its rows, the newest last; the number of a row stays

export function mount(element) {
  const table = new Table(element);
  return (told) => table.draw(told);
}

class Table {
  constructor(element) {
    Object.assign(this, { element, entry: null });
    element.addEventListener('change', ({ target }) => this.chose(Number(target.value), target.checked));
    element.addEventListener('click', ({ target }) => { if (target.closest('.forget')) { kept.set(this.entry, this.rows.slice(-1)); this.fill(); } });
  }

  get rows() { return kept.get(this.entry) ?? []; }

  draw(told) {
    this.entry = told?.entry ?? null;
    if (told?.values) this.keep(told);
    this.fill();
  }

  // A setting that ran before moves to the end and keeps its number.
  keep(told) {
    const key = JSON.stringify(told.values);
    const before = this.rows.find((row) => row.key === key);
    const row = { ...told, key, number: before?.number ?? Math.max(0, ...this.rows.map((one) => one.number)) + 1, chosen: before?.chosen ?? 0 };
    const others = this.rows.filter((one) => one !== before);
    const spare = others.length >= MOST ? others.find((one) => !one.chosen) : null;
    kept.set(this.entry, [...others.filter((one) => one !== spare), row]);
  }

  // Two at most: a third takes the place of the one chosen first.
  chose(number, chosen) {
    const row = this.rows.find((one) => one.number === number);
    row.chosen = chosen ? Date.now() : 0;
    const all = this.rows.filter((one) => one.chosen).sort((a, b) => a.chosen - b.chosen);
    if (all.length > 2) all[0].chosen = 0;
    this.fill();
    this.element.querySelector(`input[value="${number}"]`)?.focus();
  }

  fill() {
    const { rows } = this;
    this.element.toggleAttribute('data-some', rows.length > 1);
    if (rows.length < 2) return this.element.replaceChildren();
    const chosen = rows.filter((row) => row.chosen);
    const labels = rows.at(-1).cells.map((cell) => cell.label);
    const head = line('th', ['', 'Run', 'Changed', ...labels]);
    const body = rows.toReversed().map((row, index) => this.line(row, index === 0));
    const table = make('table', {}, make('caption', { textContent: 'Runs of this visit' }), make('thead', {}, head), make('tbody', {}, ...body));
    const scroll = make('div', { className: 'scroll', tabIndex: 0, ariaLabel: 'Runs of this visit' }, table);
    scroll.setAttribute('role', 'region');
    const compare = chosen.length === 2
      ? make('a', { className: 'btn line', href: beside(this.entry, ...chosen), textContent: `Compare runs ${chosen[0].number} and ${chosen[1].number}` })
      : make('span', { className: 'hint', textContent: chosen.length ? 'Choose one more to compare' : 'Choose two to compare' });
    const forget = make('button', { type: 'button', className: 'btn forget', textContent: 'Forget the others' });
    this.element.replaceChildren(scroll, make('p', { className: 'low' }, compare, forget));
  }

  line(row, newest) {
    const box = make('input', { type: 'checkbox', value: row.number, checked: Boolean(row.chosen), ariaLabel: `Choose run ${row.number}` });
    const words = Object.values(row.changed).join(', ') || 'as the page opens';
    const link = make('a', { href: address(row), textContent: words });
    const cells = row.cells.map(({ value, verdict }) => make('td', { className: verdict === 'failed' ? 'failed' : '', textContent: value, title: verdict }));
    const element = make('tr', {}, make('td', {}, box), make('td', { textContent: String(row.number) }), make('td', {}, newest ? words : link), ...cells);
    if (newest) element.setAttribute('aria-current', 'true');
    return element;
  }
}

const address = ({ entry, values, changed }) => `?${new URLSearchParams([['entry', entry], ...Object.keys(changed).map((name) => [name, values[name]])])}`;

// Both runs in the view that compares two settings of one entry: what only the first says would hold for both.
function beside(entry, left, right) {
  const apart = Object.keys(left.values).filter((name) => left.values[name] !== right.values[name]);
  const first = Object.keys(left.changed).map((name) => [name, left.values[name]]);
  return `?${new URLSearchParams([['entry', entry], ...first, ['with', entry], ...apart.map((name) => [`with.${name}`, right.values[name]])])}`;
}

const line = (kind, words) => make('tr', {}, ...words.map((word) => make(kind, { textContent: word, scope: 'col' })));

function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}
