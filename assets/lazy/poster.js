// All figures of a page as one picture: title, caption with its colour key, the picture itself, and where it comes from.

import { state } from '../js/hub.js';
import { token } from '../js/palette.js';
import { plotly } from '../js/plotly.js';

const EDGE = 24;
const LINE = 18;
const FAMILY = 'Poster, "IBM Plex Sans", sans-serif';
const FONTS = [['Regular', 400], ['Bold', 600]];

const escape = (text) => String(text).replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
const text = (x, y, words, { size = 13, weight = 400, colour = token('ink-2') } = {}) => `<text x="${x}" y="${y}" font-family='${FAMILY}' font-size="${size}" font-weight="${weight}" fill="${colour}">${escape(words)}</text>`;

const ruler = document.createElement('canvas').getContext('2d');
function wide(words, size, weight = 400) {
  ruler.font = `${weight} ${size}px Plex, sans-serif`;
  return ruler.measureText(words).width;
}

// The page's own type, in the file: elsewhere it is not installed.
async function typeface() {
  const faces = await Promise.all(FONTS.map(async ([name, weight]) => {
    const bytes = new Uint8Array(await (await fetch(new URL(`static/fonts/IBMPlexSans/IBMPlexSans-${name}.woff2`, document.baseURI))).arrayBuffer());
    let letters = '';
    for (const byte of bytes) letters += String.fromCharCode(byte);
    return `@font-face{font-family:Poster;font-weight:${weight};src:url(data:font/woff2;base64,${btoa(letters)})}`;
  }));
  return `<style>${faces.join('')}</style>`;
}

// Words of a caption in lines, each key with the colour it stands for.
function captioned(caption, top, width) {
  const pieces = [...caption.childNodes].flatMap((node) => {
    const mark = node.nodeType === Node.ELEMENT_NODE && node.matches('.key') && node.querySelector('i');
    const words = node.textContent.split(/(?<= )/);
    return words.map((word, index) => ({ word, colour: mark && !index ? getComputedStyle(mark).backgroundColor : null }));
  });
  let [x, y, out] = [EDGE, top, ''];
  for (const { word, colour } of pieces) {
    const size = wide(word, 13) + (colour ? 18 : 0);
    if (x + size > width - EDGE && x > EDGE) { x = EDGE; y += LINE; }
    if (colour) { out += `<rect x="${x}" y="${y - 6}" width="13" height="3" rx="1.5" fill="${colour}"/>`; x += 18; }
    out += text(x, y, word);
    x += wide(word, 13);
  }
  return { drawn: out, bottom: y };
}

export async function poster(views) {
  const Plotly = await plotly();
  const width = Math.max(...views.map((view) => view.width)) + 2 * EDGE;
  let y = EDGE + 16;
  let body = text(EDGE, y, state.title, { size: 20, weight: 600, colour: token('ink') });
  for (const view of views) {
    y += 34;
    body += text(EDGE, y, view.told.title, { size: 15, weight: 600, colour: token('ink') });
    const caption = captioned(view.caption, y + LINE + 2, width);
    body += caption.drawn;
    y = caption.bottom + 10;
    const { data, layout } = view.sized();
    const { width: wide, height } = layout;
    const address = await Plotly.toImage({ data, layout: { ...layout, font: { ...layout.font, family: 'Poster' } } }, { format: 'svg', width: wide, height });
    const svg = decodeURIComponent(address.slice(address.indexOf(',') + 1));
    body += svg.replace('<svg ', `<svg x="${EDGE}" y="${y}" `);
    y += height;
  }
  y += 30;
  body += text(EDGE, y, location.href.length > 150 ? `${location.href.slice(0, 149)}…` : location.href, { size: 11, colour: token('ink-3') });
  const height = y + 16;
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${await typeface()}<rect width="${width}" height="${height}" fill="${token('stage')}"/>${body}</svg>`;
}

export async function raster(svg, scale = 2) {
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = Object.assign(document.createElement('canvas'), { width: image.width * scale, height: image.height * scale });
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(address);
  return new Promise((done) => { canvas.toBlob(done, 'image/png'); });
}
