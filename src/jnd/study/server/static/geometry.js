// Sizes on the screen: millimetres from a bank card, degrees from the distance, device pixels from the window.

/** Width of an identity or bank card, ISO/IEC 7810 ID-1, in mm. */
export const CARD_MM = 85.6;
export const CARD_HEIGHT_MM = 53.98;

/** Where the blind spot's centre lies, in degrees from where one looks [Li2020]. */
export const BLIND_SPOT_DEGREES = 13.5;

const KEY = "jnd-geometry";

export const radians = (degrees) => (degrees * Math.PI) / 180;

/** Distance of the eye in mm when a dot vanishes so many mm beside the point that is looked at. */
export const distanceFromBlindSpot = (mm) => mm / Math.tan(radians(BLIND_SPOT_DEGREES));

/** Pixels of the display per degree of visual angle. */
export function pixelsPerDegree(cssPixelsPerMm, dpr, distanceMm) {
  return cssPixelsPerMm * dpr * 2 * distanceMm * Math.tan(radians(0.5));
}

/** Width between the borders: the border is not part of the card's outline. */
export function contentWidth(element) {
  const style = getComputedStyle(element);
  const around = ["borderLeftWidth", "borderRightWidth", "paddingLeft", "paddingRight"];
  return around.reduce((width, name) => width - parseFloat(style[name]), element.getBoundingClientRect().width);
}

/** What must stay as it was for a calibration to hold. */
export function screenNow() {
  return { dpr: window.devicePixelRatio, screen: [screen.width, screen.height] };
}

const sameScreen = (one, other) =>
  Math.abs(one.dpr - other.dpr) < 1e-6 && one.screen.every((side, place) => side === other.screen[place]);

/** Kept for this tab's session, so that a reload need not measure again. */
export function remember(session, geometry) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ session, geometry }));
  } catch {
    // No storage: the next load measures again.
  }
}

export function remembered(session) {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "null");
    return kept?.session === session && sameScreen(kept.geometry, screenNow()) ? kept.geometry : null;
  } catch {
    return null;
  }
}
