// What is on the page as files, made in the browser.

import { frame } from './embed.js';
import { server, state } from './hub.js';
import { token } from './palette.js';
import { plotly, plotlyAddress } from './plotly.js';
import { views } from './figure.js';
import { tidy } from './table.js';

const HEADROOM = 34;   // px above a saved picture, for its title

const drawn = () => [...views.values()].filter((view) => view.told && view.block.id !== 'hero');

export async function save(kind) {
  if (!state.run || !drawn().length) return;
  if (kind === 'png' || kind === 'svg') for (const view of drawn()) await picture(view, kind);
  else download(...(await files[kind]()));
}

async function picture(view, kind) {
  const Plotly = await plotly();
  const { data, layout: base } = view.sized();
  const titled = {
    ...base,
    height: base.height + HEADROOM,
    margin: { ...base.margin, t: (base.margin?.t ?? 0) + HEADROOM },
    paper_bgcolor: token('stage'),
    title: { text: view.told.title, x: 0, xref: 'paper', y: 1, yref: 'container', pad: { t: 10 }, yanchor: 'top', font: { size: 15, color: token('ink'), family: token('sans') } },
  };
  const address = await Plotly.toImage({ data, layout: titled }, { format: kind, width: base.width, height: titled.height, scale: kind === 'png' ? 2 : 1 });
  fetchless(address, `${view.told.name.replace('|', '-')}.${kind}`);
}

const files = {
  csv() {
    const rows = [['figure', 'trace', 'x', 'y', 'z', 'text'], ...drawn().flatMap((view) => tidy(view.at(view.raw, view.step), view.told.key, view.told.title))];
    return [rows.map((row) => row.map(quoted).join(',')).join('\r\n'), 'text/csv', 'csv'];
  },
  json() {
    const figures = drawn().map(({ told, raw }) => ({ key: told.key, title: told.title, caption: told.caption, text: told.text, plotly: raw }));
    const listed = (_, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
    return [JSON.stringify({ ...state.run, address: location.href, figures }, listed), 'application/json', 'json'];
  },
  async html() {
    const library = await (await fetch(plotlyAddress())).text();
    return [page(library), 'text/html', 'html'];
  },
  py: async () => [await taken('py'), 'text/x-python', 'py'],
  embed: () => [drawn().map(({ told }) => frame(state.query, told)).join('\n'), 'text/html', 'embed.html'],
  cards: async () => [await taken('cards'), 'text/tab-separated-values', 'tsv'],
};

const taken = (kind) => server('taken', { kind, entry: state.entry, values: state.run.controls });

// A page that needs nothing else: the library itself, the figures, and a slider where one unfolds in steps.
function page(library) {
  const safe = (value) => JSON.stringify(value).replaceAll('<', '\\u003c');
  const text = (value) => String(value).replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
  const figures = drawn().map((view, index) => {
    const { data, layout, frames = [] } = view.told.plot;
    const sliders = frames.length > 1 ? [{ active: view.step, pad: { t: 30 }, steps: frames.map((frame) => ({ label: String(frame.name), method: 'animate', args: [[frame.name], { mode: 'immediate', frame: { duration: 0, redraw: true } }] })) }] : undefined;
    const height = view.told.height + (sliders ? 90 : 0);
    const figure = { data, layout: { ...layout, height, sliders, margin: { ...layout.margin, b: (layout.margin?.b ?? 0) + (sliders ? 90 : 0) } }, frames };
    return `<h2>${text(view.told.title)}</h2><p>${text(view.told.text)}</p><div id="f${index}"></div><script>Plotly.newPlot("f${index}",${safe(figure)})</script>`;
  });
  const numbers = Object.entries(state.run.metrics).map(([name, value]) => `<tr><td>${text(name)}</td><td>${text(value)}</td></tr>`);
  const claims = state.run.claims.map((claim) => `<li>${claim.holds ? 'held' : 'failed'}: ${text(claim.says)}</li>`);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${text(state.title)}</title><style>body{max-width:760px;margin:2rem auto;padding:0 1rem;font:16px/1.5 system-ui,sans-serif;color:#1c1f27}td{padding:2px 16px 2px 0}</style>
<script>${library.replaceAll('</script', '<\\/script')}</script><h1>${text(state.title)}</h1>${figures.join('')}<h2>Checked by this run</h2><ul>${claims.join('')}</ul><table>${numbers.join('')}</table><p><a href="${text(location.href)}">${text(location.href)}</a></p></html>`;
}

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
