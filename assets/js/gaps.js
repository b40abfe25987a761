// What is not a number has no place in a picture: its gap says so. Traces with meta.gaps leave cells empty on purpose.

import { isArray } from './arrays.js';

const WORDS = 'not a number';
const MOST = 6;   // bars that are named one by one

const flat = (values) => (isArray(values?.[0]) ? Array.from(values).flatMap((row) => Array.from(row)) : Array.from(values ?? []));
const finite = (value) => typeof value === 'string' || Number.isFinite(value);
const shows = (trace) => (trace.z ?? (trace.orientation === 'h' ? trace.x : trace.y));
const axes = (trace) => [trace.xaxis ?? 'x', trace.yaxis ?? 'y'];

const anyFinite = (values) => (isArray(values?.[0]) ? Array.from(values).some((row) => row.some(finite)) : isArray(values) && values.some(finite));
const holds = (trace) => isArray(shows(trace)) && shows(trace).length > 0;

// Annotations for the figure as it stands.
export function gaps(data) {
  const charts = Map.groupBy(data.filter((trace) => ['heatmap', 'bar', 'scatter', undefined].includes(trace.type) && holds(trace)), (trace) => axes(trace).join());
  return [...charts.values()].flatMap((traces) => {
    const [x, y] = axes(traces[0]);
    if (!traces.some((trace) => anyFinite(shows(trace)))) return traces.every((trace) => trace.meta?.gaps) ? [] : [words({ xref: `${x} domain`, yref: `${y} domain`, x: 0.5, y: 0.5 })];
    const bars = traces.filter((trace) => trace.type === 'bar' && !trace.meta?.gaps);
    const empty = bars.length === 1 ? [...holes(bars[0])] : [];
    return empty.length > MOST ? [] : empty.map((at) => words({ xref: x, yref: y, ...at }));
  });
}

function* holes(trace) {
  const across = trace.orientation === 'h';
  const [values, names] = across ? [trace.x, trace.y] : [trace.y, trace.x];
  for (const [index, value] of flat(values).entries()) {
    if (finite(value)) continue;
    const name = isArray(names) ? names[index] : index;
    yield across ? { x: 0, y: name, xanchor: 'left' } : { x: name, y: 0, textangle: -90, yanchor: 'bottom' };
  }
}

const words = (place) => ({ text: WORDS, showarrow: false, font: { size: 12 }, ...place });
