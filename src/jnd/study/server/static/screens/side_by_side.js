// Two pictures at once: do both have the same quality?

import { t } from "../i18n.js";

export function begin(screen) {
  const { left, right } = screen.bitmaps;
  screen.ask(t("side-by-side.question"));
  screen.sameOrDifferent();
  const places = screen.place(["left", "right"], { column: true });
  return (index, stamp) => {
    if (index > 0) return;
    screen.stage.draw(left, places[0]);
    screen.stage.draw(right, places[1]);
    screen.stage.phase(true);
    screen.clock.swapped(0, stamp);
  };
}
