// How large the picture is to the eye: a bank card held to the screen gives pixels per millimetre; the distance is told, or
// found with the blind spot.

import { button, h, show } from "./dom.js";
import { number, t } from "./i18n.js";
import { eyebrow } from "./consent.js";
import * as geometry from "./geometry.js";

const STEP = 1;
const FINE = 0.2;
const SMALLEST = 150;

export async function calibration(context) {
  const found = await measure(context);
  return context.step("calibration", found);
}

/** Card and distance; keeps them for this session. */
export async function measure(context) {
  const { study, id } = context.view;
  const card = await cardWidth(study);
  const perMm = card / geometry.CARD_MM;
  const distance = await distanceOf(study, perMm);
  const now = geometry.screenNow();
  const device = geometry.pixelsPerDegree(perMm, now.dpr, distance.mm);
  const found = {
    ...now,
    css_px_per_mm: perMm,
    card_px: card,
    distance_mm: distance.mm,
    distance_source: distance.source,
    distance_sd_mm: distance.sd,
    ppd_device: device,
    ppd_image: device / study.display.scale,
  };
  geometry.remember(id, found);
  context.calibrated(found);
  return found;
}

function cardWidth(study) {
  return new Promise((resolve) => {
    const widest = Math.min(window.innerWidth - 40, 900);
    const start = Math.min(Math.round(geometry.CARD_MM * 3.78), widest);
    const card = h("div", { class: "card", "aria-hidden": "true" }, h("span", { class: "chip" }));
    const input = h("input", {
      type: "range", id: "card", class: "slider", min: Math.min(SMALLEST, widest), max: widest, step: FINE, value: start, "aria-describedby": "card-help",
    });
    const set = (value) => {
      const width = Math.min(Math.max(value, Number(input.min)), widest);
      input.value = width;
      card.style.width = `${width}px`;
      card.style.height = `${(width * geometry.CARD_HEIGHT_MM) / geometry.CARD_MM}px`;
    };
    const width = () => parseFloat(card.style.width);
    const key = (event) => {
      const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      set(width() + by * (event.shiftKey ? FINE : STEP));
    };
    input.addEventListener("input", () => set(Number(input.value)));
    document.addEventListener("keydown", key);
    const step = (by, label) => h("button", { type: "button", class: "step", "aria-label": label, onclick: () => set(width() + by) }, by < 0 ? "−" : "+");
    show(
      eyebrow(study),
      h("h1", {}, t("calibration.card.title")),
      h("p", {}, t("calibration.card.text")),
      h("div", { class: "card-box" }, card),
      h("label", { for: "card", class: "unseen" }, t("calibration.card.label")),
      h("div", { class: "slider-box" }, step(-FINE, t("calibration.narrower")), input, step(FINE, t("calibration.wider"))),
      h("p", { class: "quiet", id: "card-help" }, t("calibration.card.help")),
      h(
        "div",
        { class: "actions" },
        button(
          t("calibration.card.done"),
          () => {
            document.removeEventListener("keydown", key);
            resolve(geometry.contentWidth(card));
          },
          { class: "button primary" },
        ),
      ),
    );
    set(start);
  });
}

async function distanceOf(study, perMm) {
  const told = study.viewing.distance_cm;
  for (;;) {
    const said = await askDistance(study, told, perMm);
    if (said !== "blindspot") return said;
    const found = await blindSpot(study, perMm);
    if (found) return found;
  }
}

function askDistance(study, told, perMm) {
  const farthest = geometry.distanceFromBlindSpot((window.innerWidth - 120) / perMm);
  return new Promise((resolve) => {
    const input = h("input", {
      type: "number", id: "distance", inputmode: "decimal", min: 15, max: 500, step: 1, value: told || "", required: true, "aria-describedby": "distance-help",
    });
    const problem = h("p", { class: "problem", role: "alert" });
    const done = () => {
      const cm = Number(input.value);
      if (!(cm >= 15 && cm <= 500)) {
        problem.textContent = t("calibration.distance.wrong");
        input.setAttribute("aria-invalid", "true");
        input.focus();
        return;
      }
      resolve({ mm: 10 * cm, source: study.mode === "lab" ? "lab" : "asked", sd: null });
    };
    show(
      eyebrow(study),
      h("h1", {}, t("calibration.distance.title")),
      h("p", {}, told ? t("calibration.distance.told", { cm: number(told) }) : t("calibration.distance.text")),
      h(
        "form",
        { class: "field", onsubmit: (event) => (event.preventDefault(), done()) },
        h("label", { for: "distance" }, t("calibration.distance.label")),
        h("div", { class: "unit" }, input, h("span", {}, "cm")),
        problem,
      ),
      h("p", { class: "quiet", id: "distance-help" }, t("calibration.distance.help")),
      h(
        "div",
        { class: "actions" },
        button(t("next"), done, { class: "button primary" }),
        study.mode !== "lab" && farthest >= 250 && button(t("calibration.blind.offer"), () => resolve("blindspot")),
      ),
    );
  });
}

const REPEATS = 5;
const SPEED_MM_PER_S = 25;

/** A dot moves away from a square until it vanishes in the blind spot of the right eye; five times. */
function blindSpot(study, perMm) {
  const room = window.innerWidth - 120;
  const farthest = geometry.distanceFromBlindSpot(room / perMm) / 10;
  return new Promise((resolve) => {
    const found = [];
    const canvas = h("canvas", { class: "blind", role: "img", "aria-label": t("calibration.blind.label") });
    const count = h("p", { class: "quiet", role: "status" });
    let offset = 0;
    let before = null;
    let running = false;
    let request = 0;
    const tell = () => (count.textContent = t("calibration.blind.count", { done: found.length, of: REPEATS }));
    const draw = (stamp) => {
      const dpr = window.devicePixelRatio;
      const width = (canvas.width = Math.round(canvas.clientWidth * dpr));
      const height = (canvas.height = Math.round(canvas.clientHeight * dpr));
      const context = canvas.getContext("2d");
      context.fillStyle = "#ffffff";
      context.fillRect(0, 0, width, height);
      if (running && before !== null) offset += ((stamp - before) / 1000) * SPEED_MM_PER_S * perMm;
      before = stamp;
      if (offset > canvas.clientWidth - 90) restart();
      // The right eye's blind spot is on its outer side: the dot goes from the square to the right.
      const centre = height / 2;
      context.fillStyle = "#000000";
      context.fillRect(30 * dpr, centre - 10 * dpr, 20 * dpr, 20 * dpr);
      context.fillStyle = "#c00000";
      context.beginPath();
      context.arc((40 + offset) * dpr, centre, 9 * dpr, 0, 2 * Math.PI);
      if (offset > 0) context.fill();
      request = requestAnimationFrame(draw);
    };
    const restart = () => {
      offset = 0;
      running = false;
      press.textContent = t("calibration.blind.go");
    };
    const act = () => {
      if (!running) {
        offset = 40;
        running = true;
        press.textContent = t("calibration.blind.gone");
        return;
      }
      found.push(geometry.distanceFromBlindSpot(offset / perMm));
      tell();
      if (found.length < REPEATS) return restart();
      end();
      const mean = found.reduce((sum, mm) => sum + mm, 0) / found.length;
      const variance = found.reduce((sum, mm) => sum + (mm - mean) ** 2, 0) / (found.length - 1);
      resolve({ mm: mean, source: "blindspot", sd: Math.sqrt(variance) });
    };
    const end = () => {
      cancelAnimationFrame(request);
      document.removeEventListener("keydown", key);
    };
    const key = (event) => {
      if (event.key !== " " || event.target instanceof HTMLButtonElement) return;
      event.preventDefault();
      act();
    };
    const press = button(t("calibration.blind.go"), act, { class: "button primary" });
    show(
      eyebrow(study),
      h("h1", {}, t("calibration.blind.title")),
      h("p", {}, t("calibration.blind.text", { cm: number(Math.floor(farthest)) })),
      canvas,
      count,
      h("div", { class: "actions" }, press, button(t("calibration.blind.back"), () => (end(), resolve(null)))),
    );
    tell();
    document.addEventListener("keydown", key);
    request = requestAnimationFrame(draw);
  });
}
