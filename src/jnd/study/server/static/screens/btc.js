// Both panels alternate with the pivot: which flickers more?

import { t } from "../i18n.js";

export function begin(screen) {
  const { pivot, left, right } = screen.bitmaps;
  screen.ask(t("btc.question"));
  screen.sides();
  const places = screen.place(["left", "right"]);
  return screen.alternation((phase) => {
    screen.stage.draw(phase ? left : pivot, places[0]);
    screen.stage.draw(phase ? right : pivot, places[1]);
  });
}
