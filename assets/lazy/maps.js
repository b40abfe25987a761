// “Which of these maps”: the drawings of several runs, without anything that tells them apart but themselves.

import { inflate } from '../js/arrays.js';
import { on, server } from '../js/hub.js';
import { palette, repainted } from '../js/palette.js';
import { plotly } from '../js/plotly.js';
import { asked } from '../js/predict.js';

const mounted = new Map();   // box → what it shows, to be painted again with another theme

export async function mount(box, form) {
  const [Plotly, maps] = await Promise.all([plotly(), server('maps', asked(form))]);
  mounted.set(box, maps.map(({ plot, height }) => ({ plot: inflate(plot), height })));
  paint(box, Plotly);
}

function paint(box, Plotly) {
  const frames = [...box.querySelectorAll('.map')];
  mounted.get(box).forEach((map, index) => {
    const { data, layout } = repainted(map.plot, palette());
    Plotly.newPlot(frames[index], data.map(quiet), bare(layout, frames[index], map.height), { staticPlot: true });
  });
}

const quiet = (trace) => ({ ...trace, hoverinfo: 'skip', showscale: false });

// The layout with its axes and words taken off.
function bare(layout, frame, height) {
  const width = frame.clientWidth;
  const out = { ...layout, width, height: Math.min(height, Math.round(width * 0.8)), margin: { l: 2, r: 2, t: 2, b: 2 }, annotations: [], title: undefined, showlegend: false };
  for (const key of Object.keys(out)) if (/^[xy]axis\d*$/.test(key)) out[key] = { ...out[key], visible: false };
  return out;
}

on('theme', async () => {
  const Plotly = await plotly();
  for (const box of mounted.keys()) if (box.isConnected && box.clientWidth) paint(box, Plotly); else mounted.delete(box);
});
