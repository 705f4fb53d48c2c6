// Watches that a trial is seen as it was meant: full screen, same window, same zoom, visible, in focus.

import { screenNow } from "./geometry.js";

export class Guard {
  /** @param {{dpr: number, screen: number[]}} calibrated the screen that was calibrated; it must be this one */
  constructor(calibrated) {
    this.calibrated = calibrated;
    // Telephones of one maker have no full screen for pages.
    this.fullscreen = Boolean(document.fullscreenEnabled);
  }

  /** Why no trial can be shown now, or null. */
  obstacle() {
    const now = screenNow();
    if (document.visibilityState !== "visible") return "hidden";
    if (Math.abs(now.dpr - this.calibrated.dpr) > 1e-6) return "zoom";
    if (this.fullscreen && !document.fullscreenElement) return "fullscreen";
    if (!document.hasFocus()) return "blur";
    return null;
  }

  /** Tell once, with the reason, if something changes. Gives a function that ends the watch. */
  watch(onLoss) {
    const size = [window.innerWidth, window.innerHeight];
    const check = (reason) => {
      const resized = size[0] !== window.innerWidth || size[1] !== window.innerHeight;
      const found = this.obstacle() ?? reason ?? (resized ? "resize" : null);
      if (!found) return;
      end();
      onLoss(found);
    };
    const listeners = [
      [document, "visibilitychange", () => check()],
      [window, "blur", () => check(document.visibilityState === "visible" ? "blur" : "hidden")],
      [window, "resize", () => check()],
      [document, "fullscreenchange", () => check()],
    ];
    for (const [target, name, listener] of listeners) target.addEventListener(name, listener);
    const end = () => listeners.forEach(([target, name, listener]) => target.removeEventListener(name, listener));
    return end;
  }

  /** Full screen, where it is there and the browser lets us; needs a key or a click just before. */
  async enter() {
    if (!this.fullscreen || document.fullscreenElement) return;
    try {
      await document.documentElement.requestFullscreen({ navigationUI: "hide" });
    } catch {
      // Refused, as in a frame of another page; obstacle() goes on to say so.
    }
  }
}
