// One patch, a gap, another patch, each for so many frames; then: were both the same?

import { t } from "../i18n.js";

export function begin(screen) {
  const { first, second } = screen.bitmaps;
  const exposure = screen.frames(screen.params.exposure_ms);
  const gap = screen.params.gap_ms ? screen.frames(screen.params.gap_ms) : 0;
  // What is on the screen from which frame on.
  const parts = [
    [0, first],
    [exposure, null],
    [exposure + gap, second],
    [2 * exposure + gap, null],
  ];
  screen.ask(t("same-different.question"));
  screen.sameOrDifferent();
  screen.openFrom = 2 * exposure + gap;
  screen.missing = () => (screen.open ? null : "nudge.both");
  const [place] = screen.place(["first"]);
  let last = -1;
  return (index, stamp) => {
    const part = parts.findLastIndex(([from]) => index >= from);
    if (part === last) return;
    last = part;
    const [due, picture] = parts[part];
    if (picture) screen.stage.draw(picture, place);
    else screen.stage.blank(place);
    screen.stage.phase(Boolean(picture));
    screen.clock.swapped(due, stamp);
  };
}
