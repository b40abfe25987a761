// A picture of equal cells in rows, with fewer columns where the page is narrow. The figure says how it is made:
// layout.meta.fold = {cell: [width, height], columns, to, rows, after, below}: columns and rows become to and after
// on a plot narrower than below pixels; cells are measured in the units of the axes.

import { isArray } from './arrays.js';

export function folded({ data, layout }, width) {
  const fold = layout.meta?.fold;
  if (!fold || width >= fold.below) return { data, layout };
  const { cell: [wide, tall], columns, to, rows, after } = fold;
  const parts = columns / to;
  const part = (x) => Math.floor(x / (to * wide));
  const row = (y) => rows - 1 - Math.floor(y / tall);
  const lifted = (x, y) => y + tall * (after - rows - (parts - 1) * row(y) - part(x));
  const moved = data.map((trace) => {
    if (!isArray(trace.x) || !isArray(trace.y)) return trace;
    const x = Array.from(trace.x);
    const y = Array.from(trace.y);
    return { ...trace, x: x.map((at) => at === null ? null : at - part(at) * to * wide), y: y.map((at, i) => at === null ? null : lifted(x[i], at)) };
  });
  const [low, high] = layout.yaxis.range;
  const range = [low, high + (after - rows) * tall];
  return {
    data: moved,
    layout: { ...layout, xaxis: { ...layout.xaxis, range: [0, to * wide] }, yaxis: { ...layout.yaxis, range } },
    height: Math.round((range[1] - range[0]) * width / (to * wide)),
  };
}
