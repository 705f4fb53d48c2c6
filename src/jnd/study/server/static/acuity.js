// Landolt rings: a ring with a gap of so many minutes of arc; where is it? The smallest gap that was seen, as this screen can
// draw it. A screening, not an eye test.

import { h, show } from "./dom.js";
import { t } from "./i18n.js";
import { eyebrow } from "./consent.js";
import { pixelsPerDegree } from "./geometry.js";

/** Gaps in minutes of arc, largest first: decimal acuity 0.25 to 1. */
const GAPS = [4, 3, 2, 1.5, 1];
const EACH = 2;
const SMALLEST_PIXELS = 2;
const TURNS = { right: 0, down: 1, left: 2, up: 3 };
const ARROWS = { right: "→", down: "↓", left: "←", up: "↑" };

export async function acuity(study, geometry) {
  const dpr = window.devicePixelRatio;
  const perMinute = pixelsPerDegree(geometry.css_px_per_mm, dpr, geometry.distance_mm) / 60;
  // Smaller gaps cannot be drawn here.
  const gaps = GAPS.filter((gap) => gap * perMinute >= SMALLEST_PIXELS);
  const asked = [];
  for (const gap of gaps) {
    let right = 0;
    for (let repeat = 0; repeat < EACH; repeat += 1) {
      const names = Object.keys(TURNS);
      const shown = names[Math.floor(names.length * Math.random())];
      const said = await ask(study, ring(gap * perMinute, shown));
      asked.push({ gap_arcmin: gap, shown, answer: said });
      right += said === shown;
    }
    if (right < EACH) break;
  }
  const seen = gaps.filter((gap) => asked.filter((entry) => entry.gap_arcmin === gap && entry.answer === entry.shown).length === EACH);
  return { asked, smallest_gap_arcmin: seen.length ? Math.min(...seen) : null, smallest_shown_arcmin: gaps.at(-1) ?? null };
}

/** Outer diameter five gaps, stroke one gap (ISO 8596). */
function ring(gap, direction) {
  const canvas = document.createElement("canvas");
  const side = (canvas.width = canvas.height = Math.ceil(5 * gap) + 40);
  canvas.style.width = canvas.style.height = `${side / window.devicePixelRatio}px`;
  const context = canvas.getContext("2d");
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, side, side);
  context.translate(side / 2, side / 2);
  context.rotate((TURNS[direction] * Math.PI) / 2);
  context.strokeStyle = "#000000";
  context.lineWidth = gap;
  context.beginPath();
  context.arc(0, 0, 2 * gap, 0, 2 * Math.PI);
  context.stroke();
  context.fillRect(gap, -gap / 2, 2 * gap, gap);
  return canvas;
}

function ask(study, canvas) {
  return new Promise((resolve) => {
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", t("acuity.label"));
    const take = (direction) => {
      document.removeEventListener("keydown", key);
      resolve(direction);
    };
    const key = (event) => {
      const direction = event.key.startsWith("Arrow") ? event.key.slice(5).toLowerCase() : null;
      if (direction in TURNS) take(direction);
    };
    document.addEventListener("keydown", key);
    show(
      eyebrow(study),
      h("h1", {}, t("acuity.title")),
      h("p", {}, t("acuity.text")),
      h("div", { class: "ring" }, canvas),
      h(
        "div",
        { class: "digits arrows", role: "group", "aria-label": t("acuity.title") },
        ...["left", "up", "down", "right"].map((name) =>
          h("button", { type: "button", class: "button", "aria-label": t(`acuity.${name}`), onclick: () => take(name) }, ARROWS[name]),
        ),
      ),
    );
  });
}
