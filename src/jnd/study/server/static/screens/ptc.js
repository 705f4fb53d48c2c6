// Both panels show a test; as long as the observer holds key, button or picture, both show the pivot. At most so many changes
// per second, and at least one before an answer.

import { h } from "../dom.js";
import { t } from "../i18n.js";

export function begin(screen) {
  const { pivot, left, right } = screen.bitmaps;
  let held = false;
  let shown = null;
  let changed = -Infinity;
  screen.ask(t("ptc.question"));
  screen.sides();
  const hold = h("button", { type: "button", class: "choice hold", "aria-pressed": "false" }, h("span", {}, t("ptc.hold")), h("kbd", { "aria-hidden": "true" }, t("key.space")));
  screen.foot.prepend(hold);
  const places = screen.place(["left", "right"]);

  const press = (event) => {
    event.preventDefault();
    held = true;
  };
  const release = () => (held = false);
  for (const element of [hold, screen.stage.canvas]) {
    element.addEventListener("pointerdown", press);
    for (const name of ["pointerup", "pointercancel", "pointerleave"]) element.addEventListener(name, release);
    element.addEventListener("contextmenu", (event) => event.preventDefault());
  }
  screen.keys.set(" ", press);
  screen.releases.push((event) => event.key === " " && release());
  screen.missing = () => (screen.telemetry.toggles ? null : "ptc.toggle-first");

  return (index, stamp) => {
    if (shown !== null && (held === shown || stamp - changed < screen.params.toggle_hold_ms)) return;
    if (shown !== null) {
      screen.telemetry.toggles += 1;
      screen.track(held ? 1 : 0, { timeStamp: stamp });
    }
    shown = held;
    changed = stamp;
    hold.setAttribute("aria-pressed", String(held));
    screen.stage.draw(held ? pivot : left, places[0]);
    screen.stage.draw(held ? pivot : right, places[1]);
    screen.stage.phase(held);
    screen.clock.swapped(index, stamp);
  };
}
