// Evaluated in a page of the app: what is wrong with the tables of its figures.
async () => {
  const module = (name) => import(document.querySelector(`link[href$="js/${name}.js"]`).href);
  const [{ views }, { sheets, tidy }] = await Promise.all([module('figure'), module('table')]);
  const wrong = [];
  const same = (a, b) => a === b || Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(a));
  for (const [slot, view] of views) {
    if (!view.told || slot === 'hero') continue;
    const say = (what) => wrong.push(`${view.told.key}: ${what}`);
    const figure = view.at(view.raw, view.step);
    const found = sheets(figure, view.told.title);
    for (const sheet of found) {
      const names = sheet.rows.map(([name]) => name);
      if (sheet.head.some((name) => name === undefined || name === null)) say(`${sheet.caption}: a column without a name`);
      if (sheet.grid && names.some((name) => name === '' || name === undefined)) say(`${sheet.caption}: a row without a name`);
      const numeric = sheet.grid && names.length > 1 && names.every((name) => /^[\d.,−e ]+$/.test(name));
      if (numeric && new Set(names).size < names.length) say(`${sheet.caption}: rows ${names.slice(0, 5)}`);
      const trace = view.plot.data[sheet.trace];
      if (!trace || trace.meta?.words) continue;
      if (sheet.grid && !trace.meta?.root && !trace.meta?.tile) {
        const drawn = Array.from(trace.z, (row) => Array.from(row)).flat().filter(Number.isFinite);
        const told = sheet.rows.flatMap(([, ...values]) => values).filter(Number.isFinite);
        if (drawn.length !== told.length || !drawn.every((value, index) => same(value, told[index]))) say(`${sheet.caption}: other cells`);
      }
      for (const field of ['x', 'y']) {
        const at = sheet.fields?.indexOf(field) ?? -1;
        if (at < 0) continue;
        const told = sheet.rows.map((row) => row[at]);
        const drawn = Array.from(trace[field]).filter((_, index) => ['x', 'y'].some((one) => Number.isFinite(trace[one]?.[index]) || typeof trace[one]?.[index] === 'string'));
        if (told.length === drawn.length && !told.every((value, index) => typeof value === 'string' || value === null || same(value, drawn[index]) || Number.isNaN(value))) say(`${sheet.caption}: other ${field}`);
      }
    }
    const rows = tidy(figure, view.told.key, view.told.title);
    const count = found.reduce((sum, sheet) => sum + sheet.rows.length * (sheet.grid ? sheet.head.length - 1 : 1), 0);
    if (rows.length !== count) say(`${rows.length} rows of CSV for ${count}`);
    const numbers = new Set(rows.flatMap((row) => row.slice(2)).filter(Number.isFinite));
    if (!found.every((sheet) => sheet.rows.flatMap((row) => (sheet.grid ? row.slice(1) : row)).every((value) => !Number.isFinite(value) || numbers.has(value)))) say('a number of the table that CSV lacks');
    if (!found.length) say('no table');
  }
  return wrong;
}
