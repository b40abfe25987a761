// A machine for the workbench: each step adds one to every number; a press sets one to 100.

export function create({ grid, most }) {
  const rows = grid.map((row) => Float32Array.from(row));
  let count = 0;
  return {
    step() { count += 1; for (const row of rows) row.forEach((value, at) => { row[at] = value + 1; }); },
    done: () => count === most,
    traces: () => ({ values: { z: rows.map((row) => [...row]) } }),
    says: () => `Step ${count} of ${most}`,
    numbers: () => ({ grid: rows.flatMap((row) => [...row]) }),
    acts: [{ label: 'Clear', act: () => rows.forEach((row) => row.fill(0)) }],
    touched({ x, y }) {
      const row = rows[Math.round(y)];
      if (!row || !(Math.round(x) in row)) return false;
      row[Math.round(x)] = 100;
      return true;
    },
  };
}
