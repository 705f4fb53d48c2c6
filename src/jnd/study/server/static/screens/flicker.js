// Two panels: one alternates the reference with itself, the other reference and test.

import { t } from "../i18n.js";

export function begin(screen) {
  const { left_a, left_b, right_a, right_b } = screen.bitmaps;
  screen.ask(t(`flicker.${screen.params.question}`));
  screen.sides();
  const [left, right] = screen.place(["left_a", "right_a"]);
  return screen.alternation((phase) => {
    screen.stage.draw(phase ? left_b : left_a, left);
    screen.stage.draw(phase ? right_b : right_a, right);
  });
}
