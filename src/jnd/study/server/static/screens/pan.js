// Both panels scroll the same picture by whole device pixels per frame, in one loop, so that a lost frame is lost in both.
// What leaves a panel on one side comes back on the other.

import { t } from "../i18n.js";

const DIRECTIONS = { left: [1, 0], right: [-1, 0], up: [0, 1], down: [0, -1] };

export function begin(screen) {
  const { left, right } = screen.bitmaps;
  const [dx, dy] = DIRECTIONS[screen.params.pan_direction];
  screen.ask(t("pan.question"));
  screen.sides();
  const places = screen.place(["left", "right"]);
  const size = dx ? places[0].width : places[0].height;
  let drawn = -1;
  return (index, stamp) => {
    if (index === drawn) return;
    drawn = index;
    const passed = (index * screen.params.speed_px_per_frame) % size;
    const offset = dx + dy > 0 ? passed : (size - passed) % size;
    scrolled(screen.stage, left, places[0], offset, Boolean(dx));
    scrolled(screen.stage, right, places[1], offset, Boolean(dx));
    if (index === 0) screen.clock.swapped(0, stamp);
    screen.stage.phase(index % 2 === 1);
  };
}

/** The picture moved by an offset in device pixels, wrapped: two copies, cut at the panel. */
function scrolled(stage, bitmap, place, offset, across) {
  const { context } = stage;
  context.save();
  context.beginPath();
  context.rect(place.x, place.y, place.width, place.height);
  context.clip();
  for (const copy of [-offset, (across ? place.width : place.height) - offset]) {
    stage.draw(bitmap, { ...place, x: place.x + (across ? copy : 0), y: place.y + (across ? 0 : copy) });
  }
  context.restore();
}
