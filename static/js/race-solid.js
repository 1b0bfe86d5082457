/** The surface from the side: the same projection as app/exhibits/saddle_race/mesh.py. */

/**
 * @typedef {{ turn: number, tilt: number }} View
 * @typedef {{ quads: number, unit: number, middle: number[], heights: (number | null)[], levels: number[] }} Mesh
 */

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
