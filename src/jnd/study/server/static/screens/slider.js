// A slider over a series of pictures, with its track and how often it turned.

import { h } from "../dom.js";
import { t } from "../i18n.js";

/**
 * @param {import("../trial_screen.js").TrialScreen} screen
 * @param {{max: number, start: number, label: string, low: string, high: string, onMove: (value: number) => void}} options
 */
export function slider(screen, { max, start, label, low, high, onMove }) {
  const input = h("input", { type: "range", min: 0, max, step: 1, value: start, id: "slider", class: "slider", "aria-label": label });
  let before = start;
  let direction = 0;
  const state = { moved: false, value: () => Number(input.value) };
  input.addEventListener("input", (event) => {
    const value = state.value();
    const turned = Math.sign(value - before);
    if (turned && direction && turned !== direction) screen.telemetry.direction_changes += 1;
    if (turned) direction = turned;
    before = value;
    state.moved = true;
    screen.track(value, event);
    screen.hint.textContent = "";
    onMove(value);
  });
  const nudge = (by) => (event) => {
    input.value = state.value() + by;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    event.preventDefault();
  };
  // Arrow keys work wherever the focus is, not on the slider alone.
  screen.keys.set("ArrowLeft", nudge(-1));
  screen.keys.set("ArrowRight", nudge(1));
  state.element = h(
    "div",
    { class: "slider-box" },
    h("button", { type: "button", class: "step", "aria-label": t("slider.back"), onclick: nudge(-1) }, "−"),
    h("div", { class: "slider-track" }, input, h("div", { class: "ends", "aria-hidden": "true" }, h("span", {}, low), h("span", {}, high))),
    h("button", { type: "button", class: "step", "aria-label": t("slider.on"), onclick: nudge(1) }, "+"),
  );
  return state;
}

/** The button that takes the slider's value. */
export function take(screen, label, value) {
  const press = (event) => screen.answer(value(), event);
  screen.keys.set("Enter", press);
  return h("button", { type: "button", class: "choice", "data-value": "take", onclick: press }, h("span", {}, label), h("kbd", { "aria-hidden": "true" }, "↵"));
}
