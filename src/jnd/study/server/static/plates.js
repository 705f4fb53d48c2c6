// Pseudo-isochromatic plates of our own. A digit of dots differs from its ground along a line of colours that dichromats of one
// kind confuse: only the excitation of the L (protan) or M (deutan) cones differs. Each dot's lightness is random, so that
// lightness says nothing. A screening, not a diagnosis: displays differ and are not calibrated.

/** Linear sRGB to cones, and back; Viénot, Brettel & Mollon (1999), equation 4. */
const TO_LMS = [
  [17.8824, 43.5161, 4.11935],
  [3.45565, 27.1554, 3.86714],
  [0.0299566, 0.184309, 1.46709],
];
const FROM_LMS = [
  [0.0809444479, -0.130504409, 0.116721066],
  [-0.0102485335, 0.0540193266, -0.113614708],
  [-0.000365296938, -0.00412161469, 0.693511405],
];

const GROUND = [0.3, 0.3, 0.18];
const SIDE = 320;

/** Changes of L and M by so much of the ground's; the first plate differs in lightness, so that everybody can read it. */
export const PLATES = [
  { kind: "all", change: [0.55, 0.55, 0.55] },
  { kind: "protan", change: [0.16, 0, 0] },
  { kind: "deutan", change: [0, -0.17, 0] },
];

const multiply = (matrix, vector) => matrix.map((row) => row.reduce((sum, entry, place) => sum + entry * vector[place], 0));

const encoded = (linear) => {
  const value = Math.min(Math.max(linear, 0), 1);
  return Math.round(255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055));
};

/** Linear sRGB of the digit: the ground with its cones' excitations changed. */
export function figure(plate) {
  const lms = multiply(TO_LMS, GROUND);
  return multiply(FROM_LMS, lms.map((cone, place) => cone * (1 + plate.change[place])));
}

/** A canvas with the digit. */
export function drawn(plate, digit) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 2 * SIDE;
  canvas.className = "plate";
  const context = canvas.getContext("2d", { colorSpace: "srgb" });
  const inside = mask(digit, canvas.width);
  const colours = { ground: GROUND, digit: figure(plate) };
  context.fillStyle = "#e9e6df";
  context.fillRect(0, 0, canvas.width, canvas.height);
  for (const { x, y, radius } of dots(canvas.width)) {
    const colour = colours[inside(x, y) ? "digit" : "ground"];
    const light = 0.75 + 0.5 * Math.random();
    context.fillStyle = `rgb(${colour.map((value) => encoded(value * light)).join(" ")})`;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
  }
  return canvas;
}

function mask(digit, side) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.font = `bold ${0.74 * side}px sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(digit, side / 2, 0.53 * side);
  const { data } = context.getImageData(0, 0, side, side);
  return (x, y) => data[4 * (Math.round(y) * side + Math.round(x)) + 3] > 127;
}

/** Dots of three sizes in a disc, none over another, as many as a fixed number of throws brings. */
function dots(side) {
  const found = [];
  const cell = side / 40;
  const grid = new Map();
  const near = (x, y) => {
    const [column, row] = [Math.floor(x / cell), Math.floor(y / cell)];
    const entries = [];
    for (let i = -2; i <= 2; i += 1) for (let j = -2; j <= 2; j += 1) entries.push(...(grid.get(`${column + i},${row + j}`) ?? []));
    return entries;
  };
  for (const [share, throws] of [[0.021, 900], [0.0155, 2500], [0.0105, 6000]]) {
    const radius = share * side;
    for (let attempt = 0; attempt < throws; attempt += 1) {
      const x = Math.random() * side;
      const y = Math.random() * side;
      if (Math.hypot(x - side / 2, y - side / 2) > 0.48 * side - radius) continue;
      if (near(x, y).some((dot) => Math.hypot(dot.x - x, dot.y - y) < dot.radius + radius + 1)) continue;
      const dot = { x, y, radius };
      const key = `${Math.floor(x / cell)},${Math.floor(y / cell)}`;
      grid.set(key, [...(grid.get(key) ?? []), dot]);
      found.push(dot);
    }
  }
  return found;
}
