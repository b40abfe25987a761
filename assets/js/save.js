// What is on the page as files, made in the browser.

import { frame } from './embed.js';
import { address } from './frame.js';
import { server, state } from './hub.js';
import { plotlyAddress } from './plotly.js';
import { views } from './figure.js';
import { tidy } from './table.js';

const drawn = () => [...views.values()].filter((view) => view.told && view.block.id !== 'hero');

export async function save(kind) {
  if (!state.run || !drawn().length) return;
  download(...(await files[kind]()));
}

const files = {
  svg: async () => [await (await posters()).poster(drawn()), 'image/svg+xml', 'svg'],
  async png() {
    const { poster, raster } = await posters();
    return [await raster(await poster(drawn())), 'image/png', 'png'];
  },
  csv() {
    const rows = [['figure', 'trace', 'x', 'y', 'z', 'text'], ...drawn().flatMap((view) => tidy(view.at(view.raw, view.step), view.told.key, view.told.title))];
    return [rows.map((row) => row.map(quoted).join(',')).join('\r\n'), 'text/csv', 'csv'];
  },
  json() {
    const figures = drawn().map(({ told, raw }) => ({ key: told.key, title: told.title, caption: told.caption, text: told.text, plotly: raw, ...(told.sound && { sound: told.sound }) }));
    const listed = (_, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
    return [JSON.stringify({ ...state.run, address: address(), figures }, listed), 'application/json', 'json'];
  },
  async html() {
    const [report, library] = await Promise.all([taken('html'), fetch(plotlyAddress()).then((answer) => answer.text())]);
    return [report.replace('<!-- plotly.js -->', () => library.replaceAll('</script', '<\\/script')), 'text/html', 'html'];
  },
  py: async () => [await taken('py'), 'text/x-python', 'py'],
  embed: () => [drawn().map(({ told }) => frame(state.query, told)).join('\n'), 'text/html', 'embed.html'],
  cards: async () => [await taken('cards'), 'text/tab-separated-values', 'tsv'],
};

const posters = () => import('../lazy/poster.js');

const taken = (kind) => server('taken', { kind, entry: state.entry, values: state.run.controls, address: address() });

const quoted = (value) => (/[",\r\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value ?? ''));

function download(content, type, ending) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  fetchless(address, `${state.entry}.${ending}`);
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

function fetchless(address, name) {
  const link = Object.assign(document.createElement('a'), { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
}
