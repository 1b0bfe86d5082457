/** The surface from the side: the same projection as app/exhibits/saddle_race/mesh.py. */

/**
 * @typedef {{ turn: number, tilt: number }} View
 * @typedef {{ quads: number, unit: number, middle: number[], heights: (number | null)[], levels: number[] }} Mesh
 */

const STRIDE = 0.06; // of a look from a place towards the reader
const STRIDES = 48;
const CLEAR = 0.02;
const LOWEST = 5;
const HIGHEST = 90;

/**
 * @param {number} turn
 * @param {number} tilt
 * @param {number} sideways degrees
 * @param {number} down degrees
 * @returns {View}
 */
export function turnBy(turn, tilt, sideways, down) {
  const turned = Math.round(turn + sideways) % 360;
  return { turn: (turned + 360) % 360, tilt: Math.min(HIGHEST, Math.max(LOWEST, Math.round(tilt + down))) };
}

/**
 * Return what puts a place of space on the screen: (across, up, rise) -> [x, y, depth].
 * @param {Mesh} mesh
 * @param {View} view
 */
export function projection(mesh, { turn, tilt }) {
  const [a, e] = [(turn * Math.PI) / 180, (tilt * Math.PI) / 180];
  const [cosA, sinA, cosE, sinE] = [Math.cos(a), Math.sin(a), Math.cos(e), Math.sin(e)];
  const { unit, middle } = mesh;
  return (/** @type {number} */ across, /** @type {number} */ up, /** @type {number} */ rise) => {
    const away = across * sinA + up * cosA;
    const x = middle[0] + unit * (across * cosA - up * sinA);
    return [x, middle[1] - unit * (away * sinE + rise * cosE), away * cosE - rise * sinE];
  };
}

/**
 * Return whether a place is seen: not hidden behind a part of the surface that is nearer to the reader.
 * @param {Mesh} mesh
 * @param {View} view
 */
export function sight({ quads, heights }, { turn, tilt }) {
  const [a, e] = [(turn * Math.PI) / 180, (tilt * Math.PI) / 180];
  const [byX, byY, byZ] = [Math.cos(e) * Math.sin(a), Math.cos(e) * Math.cos(a), Math.sin(e)];
  const side = quads + 1;
  const corner = (/** @type {number} */ row, /** @type {number} */ column) =>
    heights[row * side + column] ?? Number.NEGATIVE_INFINITY;
  return (/** @type {number} */ across, /** @type {number} */ up, /** @type {number} */ rise) => {
    for (let k = 1; k <= STRIDES; k++) {
      const far = STRIDE * k;
      const [x, y] = [across - far * byX, up - far * byY];
      if (Math.abs(x) > 1 || Math.abs(y) > 1) return true;
      const [column, row] = [((x + 1) / 2) * quads, ((y + 1) / 2) * quads];
      const [i, j] = [Math.min(quads - 1, Math.trunc(row)), Math.min(quads - 1, Math.trunc(column))];
      const low = corner(i, j) + (corner(i, j + 1) - corner(i, j)) * (column - j);
      const high = corner(i + 1, j) + (corner(i + 1, j + 1) - corner(i + 1, j)) * (column - j);
      if (low + (high - low) * (row - i) > rise + far * byZ + CLEAR) return false;
    }
    return true;
  };
}

/**
 * Draw the mesh from back to front: the polygons stay, their places and colours change.
 * @param {Element} group
 * @param {Mesh} mesh
 * @param {View} view
 */
export function drawMesh(group, mesh, view) {
  const project = projection(mesh, view);
  const side = mesh.quads + 1;
  const corners = mesh.heights.map((rise, number) => {
    const [row, column] = [Math.floor(number / side), number % side];
    return rise === null ? null : project((2 * column) / mesh.quads - 1, (2 * row) / mesh.quads - 1, rise);
  });
  const quads = [];
  for (let row = 0; row < mesh.quads; row++) {
    for (let column = 0; column < mesh.quads; column++) {
      const first = row * side + column;
      const found = [first, first + 1, first + side + 1, first + side].map((number) => corners[number]);
      if (found.some((corner) => !corner)) continue;
      const four = /** @type {number[][]} */ (found);
      const far = four[0][2] + four[1][2] + four[2][2] + four[3][2];
      const points = four.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
      quads.push({ far, points, level: mesh.levels[row * mesh.quads + column] });
    }
  }
  quads.sort((one, other) => other.far - one.far);
  quads.forEach(({ points, level }, number) => {
    const polygon = group.children[number];
    polygon?.setAttribute("points", points);
    polygon?.setAttribute("data-level", String(level));
  });
}
