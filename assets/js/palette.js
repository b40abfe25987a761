// Figures carry the light palette. Each of its exact values becomes the custom property of the theme in force.

import { on } from './hub.js';

const SINGLE = ['ink', 'ink-2', 'ink-3', 'paper', 'stage', 'well', 'mark', 'wash', 'line', 'line-2', 'edge', 'accent', 'held', 'failed', 'grid', 'axis',
  'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8'];
const RAMPS = ['seq', 'div'];

let light = null;
let now = null;   // of the theme in force: reading styles while the page changes costs a layout

on('theme', () => { now = null; });

function values(style) {
  const read = (name) => style.getPropertyValue(`--${name}`).trim();
  const ramp = (name) => read(name).split(',').map((stop) => stop.trim().toLowerCase());
  return { colours: [...SINGLE.map((name) => read(name).toLowerCase()), ...RAMPS.flatMap(ramp)], fonts: { sans: read('sans'), mono: read('mono') } };
}

function current() {
  if (!light) {
    const probe = Object.assign(document.createElement('div'), { className: 'light', hidden: true });
    document.body.append(probe);
    light = values(getComputedStyle(probe));
    probe.remove();
  }
  if (!now) {
    now = values(getComputedStyle(document.body));
    now.swap = new Map();
    light.colours.forEach((colour, index) => { if (!now.swap.has(colour)) now.swap.set(colour, now.colours[index]); });
  }
  return now;
}

// Light value → value now. The first name of a shared value wins.
export const palette = () => current().swap;

export const token = (name) => current().fonts[name] ?? current().colours[SINGLE.indexOf(name)];

export function repainted(node, map) {
  if (typeof node === 'string') {
    if (node.length === 7) return map.get(node.toLowerCase()) ?? node;
    return node.includes('style="color') ? node.replace(/#[0-9a-f]{6}/gi, (hex) => map.get(hex.toLowerCase()) ?? hex) : node;
  }
  if (ArrayBuffer.isView(node) || node === null || typeof node !== 'object') return node;
  if (Array.isArray(node)) return typeof node[0] === 'number' && typeof node.at(-1) === 'number' ? node : node.map((item) => repainted(item, map));
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, repainted(value, map)]));
}
