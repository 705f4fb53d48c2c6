// The test beside a series of known quality: the step that looks as good. A half step lies between two pictures.

import { h } from "../dom.js";
import { t } from "../i18n.js";
import { slider, take } from "./slider.js";

const role = (step) => `ruler_${String(step).padStart(2, "0")}`;

export function begin(screen) {
  const { steps, start, test_side: side } = screen.params;
  let shown = start;
  screen.ask(t("quality-ruler.question"));
  const control = slider(screen, {
    max: steps - 1,
    start,
    label: t("quality-ruler.label"),
    low: t("quality-ruler.low"),
    high: t("quality-ruler.high"),
    onMove: (value) => {
      shown = value;
      half.disabled = value === steps - 1;
      if (half.disabled) half.checked = false;
    },
  });
  const half = h("input", { type: "checkbox", id: "half", disabled: start === steps - 1 });
  screen.missing = () => (control.moved ? null : "nudge.move");
  screen.controls(
    control.element,
    h(
      "div",
      { class: "choices" },
      h("label", { class: "check", for: "half" }, half, t("quality-ruler.half")),
      take(screen, t("quality-ruler.take"), () => control.value() + (half.checked ? 0.5 : 0)),
    ),
  );
  const labels = [t("quality-ruler.test"), t("quality-ruler.ruler")];
  const [first, second] = screen.place(["test", role(0)], { column: true, labels: side === "left" ? labels : labels.toReversed() });
  const [test, ruler] = side === "left" ? [first, second] : [second, first];
  let drawn = null;
  return (index, stamp) => {
    if (drawn === null) screen.stage.draw(screen.bitmaps.test, test);
    if (drawn === shown) return;
    screen.stage.draw(screen.bitmaps[role(shown)], ruler);
    screen.stage.phase(shown % 2 === 1);
    screen.clock.swapped(index, stamp);
    drawn = shown;
  };
}
