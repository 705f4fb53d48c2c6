// One panel alternates reference and the slider's level; position 0 is the reference alone. The observer finds the first
// position that flickers, or says that none does.

import { h } from "../dom.js";
import { t } from "../i18n.js";
import { slider, take } from "./slider.js";

const role = (position) => (position === 0 ? "reference" : `level_${String(position).padStart(2, "0")}`);

export function begin(screen) {
  const { positions, start } = screen.params;
  let shown = start;
  screen.ask(t("flicker-slider.question"));
  const control = slider(screen, {
    max: positions,
    start,
    label: t("flicker-slider.label"),
    low: t("flicker-slider.low"),
    high: t("flicker-slider.high"),
    onMove: (value) => (shown = value),
  });
  const never = positions + 1;
  screen.missing = (value) => {
    if (!control.moved) return "nudge.move";
    return value === 0 ? "flicker-slider.zero" : null;
  };
  screen.controls(
    control.element,
    h(
      "div",
      { class: "choices" },
      take(screen, t("flicker-slider.take"), control.value),
      h("button", { type: "button", class: "choice quiet", "data-value": "never", onclick: (event) => screen.answer(never, event) }, t("flicker-slider.never")),
    ),
  );
  const [place] = screen.place(["reference"]);
  // A new position waits for its phase: a change within one would be a flash of its own.
  return screen.alternation((phase) => screen.stage.draw(screen.bitmaps[phase ? role(shown) : "reference"], place));
}
