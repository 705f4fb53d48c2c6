// One canvas over the whole window, a canvas pixel per device pixel: both panels are drawn in one go and meet the display's
// pixels exactly, whatever the device's pixel ratio is.

import { PhotodiodePatch } from "./photodiode.js";

export class Stage {
  /** @param {{background: string, scale: number, photodiode?: boolean}} settings */
  constructor(settings) {
    this.background = settings.background;
    this.scale = settings.scale;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "stage";
    this.canvas.setAttribute("role", "img");
    this.context = this.canvas.getContext("2d", { alpha: false, colorSpace: "srgb" });
    this.patch = settings.photodiode ? new PhotodiodePatch() : null;
    this.exact = false;
  }

  /** Size the canvas to the device pixels that it covers. Call when it is in the page. */
  async fit() {
    const [width, height] = await devicePixels(this.canvas);
    this.exact = width.exact && height.exact;
    this.canvas.width = width.pixels;
    this.canvas.height = height.pixels;
    this.clear();
  }

  clear() {
    this.context.fillStyle = this.background;
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.patch?.draw(this.context, false);
  }

  /**
   * Places for panels in the free part of the window, in a row or, if that is too wide and may be, in a column.
   * @param {{width: number, height: number}[]} sizes of the pictures, in their own pixels
   * @param {{left: number, top: number, right: number, bottom: number}} free in CSS pixels
   * @returns {{places: {x: number, y: number, width: number, height: number}[], arrangement: string} | null} null: does not fit
   */
  arrange(sizes, free, { gap = 24, column = false } = {}) {
    const dpr = window.devicePixelRatio;
    const box = { left: free.left * dpr, top: free.top * dpr, right: free.right * dpr, bottom: free.bottom * dpr };
    const panels = sizes.map(({ width, height }) => ({ width: width * this.scale, height: height * this.scale }));
    const space = Math.round(gap * dpr);
    return lay(panels, box, space, "row") ?? (column ? lay(panels, box, space, "column") : null);
  }

  /** Draw a picture, or a part of it, into a place; no smoothing, whole device pixels. */
  draw(bitmap, place, part = null) {
    const from = part ?? { x: 0, y: 0, width: bitmap.width, height: bitmap.height };
    this.context.imageSmoothingEnabled = false;
    this.context.drawImage(bitmap, from.x, from.y, from.width, from.height, place.x, place.y, place.width, place.height);
  }

  /** Draw each once and wipe it before anything is shown, so that its first real drawing need not upload it. */
  warm(bitmaps) {
    for (const bitmap of bitmaps) this.context.drawImage(bitmap, 0, 0, 1, 1);
    this.clear();
  }

  blank(place) {
    this.context.fillStyle = this.background;
    this.context.fillRect(place.x, place.y, place.width, place.height);
  }

  phase(bright) {
    this.patch?.draw(this.context, bright);
  }
}

function lay(panels, box, space, arrangement) {
  const row = arrangement === "row";
  const total = panels.reduce(
    (sum, panel) => ({
      width: row ? sum.width + panel.width : Math.max(sum.width, panel.width),
      height: row ? Math.max(sum.height, panel.height) : sum.height + panel.height,
    }),
    { width: 0, height: 0 },
  );
  total[row ? "width" : "height"] += space * (panels.length - 1);
  const width = box.right - box.left;
  const height = box.bottom - box.top;
  if (total.width > width || total.height > height) return null;
  let x = Math.round(box.left + (width - total.width) / 2);
  let y = Math.round(box.top + (height - total.height) / 2);
  const places = panels.map((panel) => {
    const place = {
      x: row ? x : Math.round(box.left + (width - panel.width) / 2),
      y: row ? Math.round(box.top + (height - panel.height) / 2) : y,
      ...panel,
    };
    x += panel.width + space;
    y += panel.height + space;
    return place;
  });
  return { places, arrangement };
}

function devicePixels(canvas) {
  return new Promise((resolve) => {
    const rounded = () => {
      const box = canvas.getBoundingClientRect();
      return [box.width, box.height].map((side) => {
        const pixels = side * window.devicePixelRatio;
        return { pixels: Math.round(pixels), exact: Math.abs(pixels - Math.round(pixels)) < 0.01 };
      });
    };
    const observer = new ResizeObserver(([entry]) => {
      observer.disconnect();
      const box = entry.devicePixelContentBoxSize?.[0];
      const sides = rounded();
      if (!box) return resolve(sides);
      // What the browser says, where it is the same to a pixel; where a ratio is only pretended (developer tools), it is not.
      const said = [box.inlineSize, box.blockSize];
      const same = said.every((pixels, place) => Math.abs(pixels - sides[place].pixels) <= 1);
      resolve(same ? said.map((pixels) => ({ pixels, exact: true })) : sides);
    });
    try {
      observer.observe(canvas, { box: "device-pixel-content-box" });
    } catch {
      observer.observe(canvas);
    }
  });
}

/** Decode pictures before anything is shown. */
export async function decoded(api, assets) {
  const entries = await Promise.all(
    Object.entries(assets).map(async ([role, asset]) => {
      const blob = await api.picture(asset.url);
      return [role, await createImageBitmap(blob, { colorSpaceConversion: "none", premultiplyAlpha: "none" })];
    }),
  );
  return Object.fromEntries(entries);
}
