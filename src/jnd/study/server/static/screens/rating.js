// Category rating: one picture (ACR), or reference and picture (DCR), and five words.

import { t } from "../i18n.js";

export function begin(screen) {
  const scale = screen.params.scale_words;
  const roles = scale === "dcr" ? ["reference", "picture"] : ["picture"];
  screen.ask(t(`${scale}.question`));
  const categories = [5, 4, 3, 2, 1].map((value) => ({
    value,
    label: t(`${scale}.${value}`),
    keys: [String(value)],
    hint: String(value),
  }));
  screen.choices(categories, { column: window.innerWidth < 640 });
  const labels = scale === "dcr" ? [t("dcr.reference"), t("dcr.picture")] : null;
  const places = screen.place(roles, { column: true, labels });
  return (index, stamp) => {
    if (index > 0) return;
    roles.forEach((role, place) => screen.stage.draw(screen.bitmaps[role], places[place]));
    screen.stage.phase(true);
    screen.clock.swapped(0, stamp);
  };
}
