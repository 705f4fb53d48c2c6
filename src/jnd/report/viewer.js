"use strict";

// The viewer: two pictures in one place, at one picture pixel per pixel of the device.
//
// They are called original and result here; people read the names that the template carries.
// In: an element to build in, and a picture
//   { width, height, result, original, map }  Blobs or null
//   { block, window, transparent, scale }     of the map, of the worst window [x, y, width, height], of the colours
// It needs <template id="viewer"> and <template id="overview"> in the page and asks for nothing else.

const SAFE_CHANGES_PER_SECOND = 3; // WCAG 2.2, success criterion 2.3.1: three flashes or below

class Viewer {
  constructor(place, aside, picture) {
    this.picture = picture;
    this.urls = [];
    this.pan = { x: 0, y: 0 }; // pixels of the device from the stage's corner to the picture's
    this.divider = 0.5;
    this.holding = this.kept = this.flipped = false;
    this.timer = null;
    this.root = clone("viewer");
    place.append(this.root);
    this.names = { original: this.root.dataset.before, result: this.root.dataset.after };
    this.$ = (selector) => this.root.querySelector(selector);
    this.stage = this.$(".stage");
    this.layers = this.$(".layers");
    this.overview = null;
    if (picture.map) {
      this.overview = clone("overview");
      aside.append(this.overview);
    }
    this.modes = this.offerModes();
    this.listen();
  }

  // Decodes what is there; only then is there anything to see.
  async ready() {
    const { picture } = this;
    for (const name of ["result", "original"]) {
      const image = this.$("img." + name);
      if (picture[name]) {
        image.src = this.url(picture[name]);
        await image.decode();
      } else {
        image.remove();
      }
    }
    if (picture.map) await this.colourMap();
    this.setMode(this.modes[0]);
    if (picture.window) this.goToWindow();
    return this;
  }

  close() {
    this.stopFlicker();
    this.abort.abort();
    this.observer.disconnect();
    for (const url of this.urls) URL.revokeObjectURL(url);
    this.root.remove();
    if (this.overview) this.overview.remove();
  }

  url(blob) {
    const url = URL.createObjectURL(blob);
    this.urls.push(url);
    return url;
  }

  offerModes() {
    const { picture } = this;
    const offered = [];
    if (picture.original && picture.result) offered.push(["hold", "Hold"], ["swipe", "Swipe"], ["flicker", "Flicker"]);
    else if (picture.result) offered.push(["plain", this.names.result]);
    if (picture.map) offered.push(["heat", "Map"]);
    const group = this.$(".modes");
    const name = "mode" + Math.random();
    for (const [mode, words] of offered) {
      const label = document.createElement("label");
      const input = document.createElement("input");
      Object.assign(input, { type: "radio", name, value: mode });
      label.append(input, words);
      group.append(label);
    }
    group.hidden = offered.length < 2;
    return offered.map(([mode]) => mode);
  }

  setMode(mode) {
    this.mode = mode;
    this.stopFlicker();
    this.holding = this.kept = false;
    const input = this.$(`.modes input[value="${mode}"]`);
    if (input) input.checked = true;
    for (const option of ["hold", "swipe", "flicker", "heat"]) this.$(`.options .${option}`).hidden = option !== mode;
    this.$(".divider").hidden = mode !== "swipe";
    this.$(".hold button").setAttribute("aria-pressed", "false");
    const { original, result } = this.names;
    this.stage.setAttribute("aria-label", {
      hold: `${result}; hold Space to see the ${original.toLowerCase()}. Arrow keys move the picture.`,
      swipe: `${original} left of the divider, ${result.toLowerCase()} right of it. Arrow keys move the picture.`,
      flicker: `${original} and ${result.toLowerCase()} alternate once flicker is started. Arrow keys move the picture.`,
      heat: `Map of visible difference; hold Space to see the ${original.toLowerCase()}. Arrow keys move the picture.`,
      plain: `${result}. Arrow keys move the picture.`,
    }[mode]);
    this.layout(); // what is said above the stage has another height now
  }

  // Which layer is seen now.
  show() {
    const { mode } = this;
    const result = this.$("img.result");
    const original = this.$("img.original");
    const map = this.$("canvas.map");
    const asked = this.holding || this.kept || this.flipped;
    const seesOriginal = Boolean(original) && asked;
    const swipes = mode === "swipe";
    // Neither lies under the other: both may be transparent. Not `hidden`, which would let go of decoded pixels.
    if (original) {
      original.style.visibility = swipes || seesOriginal ? "visible" : "hidden";
      original.style.clipPath = swipes ? `inset(0 ${this.clip().right}px 0 0)` : "none";
    }
    if (result) {
      result.style.visibility = swipes || !seesOriginal ? "visible" : "hidden";
      result.style.clipPath = swipes ? `inset(0 0 0 ${this.clip().left}px)` : "none";
    }
    map.hidden = !(mode === "heat" && !seesOriginal);
    map.style.opacity = this.$(".heat input").value / 100;
    const words = mode === "swipe" ? `${this.names.original} | ${this.names.result}` : this.timer ? "Flickering"
      : seesOriginal ? this.names.original : mode === "heat" ? "Map of visible difference" : this.names.result;
    const shown = this.$(".shown");
    if (shown.textContent !== words) shown.textContent = words;
  }

  // Layout, in whole pixels of the device -------------------------------------------------------------------

  layout() {
    const ratio = window.devicePixelRatio;
    const { width, height } = this.picture;
    const { style } = this.stage;
    const room = this.root.getBoundingClientRect().width;
    this.seen = {
      width: Math.min(width, Math.floor(room * ratio)),
      height: Math.min(height, Math.floor(0.72 * window.innerHeight * ratio)),
    };
    style.width = `${this.seen.width / ratio}px`;
    style.height = `${this.seen.height / ratio}px`;
    this.align();
    this.pan.x = Math.round(Math.min(0, Math.max(this.seen.width - width, this.pan.x)));
    this.pan.y = Math.round(Math.min(0, Math.max(this.seen.height - height, this.pan.y)));
    const layers = this.layers.style;
    layers.left = `${this.pan.x / ratio}px`;
    layers.top = `${this.pan.y / ratio}px`;
    layers.width = `${width / ratio}px`;
    layers.height = `${height / ratio}px`;
    for (const image of this.root.querySelectorAll(".layers img")) {
      image.style.width = `${width / ratio}px`;
      image.style.height = `${height / ratio}px`;
    }
    const map = this.$("canvas.map");
    map.style.width = `${(map.width * this.picture.block) / ratio}px`;
    map.style.height = `${(map.height * this.picture.block) / ratio}px`;
    const divider = this.$(".divider");
    divider.style.left = `${(this.divider * this.seen.width) / ratio}px`;
    divider.setAttribute("aria-valuenow", Math.round(100 * this.divider));
    this.$(".pixels").textContent = ratio === 1
      ? "One pixel of the picture is one pixel of the screen."
      : `One pixel of the picture is one pixel of the screen (device pixel ratio ${Number(ratio.toFixed(2))}).`;
    this.markWindows();
    this.show();
  }

  // A stage that begins between two pixels of the device would blur the picture: begin at the next whole one.
  align() {
    const ratio = window.devicePixelRatio;
    const { style } = this.stage;
    style.left = style.top = "0";
    const box = this.stage.getBoundingClientRect();
    const off = (at) => (Math.round(at * ratio) - at * ratio) / ratio;
    style.left = `${off(box.left)}px`;
    style.top = `${off(box.top)}px`;
  }

  // How much of the picture lies on either side of the divider.
  clip() {
    const ratio = window.devicePixelRatio;
    const { width } = this.picture;
    const at = Math.min(width, Math.max(0, Math.round(this.divider * this.seen.width) - this.pan.x));
    return { left: at / ratio, right: (width - at) / ratio };
  }

  markWindows() {
    const { window: worst, width, height } = this.picture;
    const ratio = window.devicePixelRatio;
    const mark = this.$(".layers .window");
    mark.hidden = !worst || !this.$(".mark input").checked;
    this.$(".mark").hidden = this.$(".go").hidden = !worst;
    if (worst) {
      const [x, y, w, h] = worst;
      Object.assign(mark.style, { left: `${x / ratio}px`, top: `${y / ratio}px`, width: `${w / ratio}px`, height: `${h / ratio}px` });
    }
    if (!this.overview) return;
    const place = (element, x, y, w, h) => Object.assign(element.style, {
      left: `${(100 * x) / width}%`, top: `${(100 * y) / height}%`, width: `${(100 * w) / width}%`, height: `${(100 * h) / height}%`,
    });
    const small = this.overview.querySelector(".window");
    small.hidden = !worst;
    if (worst) place(small, ...worst);
    const view = this.overview.querySelector(".view");
    view.hidden = this.seen.width >= width && this.seen.height >= height;
    place(view, -this.pan.x, -this.pan.y, this.seen.width, this.seen.height);
  }

  moveBy(x, y) {
    this.pan.x += x;
    this.pan.y += y;
    this.layout();
  }

  centreOn(x, y) {
    this.layout();
    this.pan = { x: this.seen.width / 2 - x, y: this.seen.height / 2 - y };
    this.layout();
  }

  goToWindow() {
    const [x, y, width, height] = this.picture.window;
    this.centreOn(x + width / 2, y + height / 2);
  }

  // The map -------------------------------------------------------------------------------------------------

  async colourMap() {
    const { map: blob, scale, width, height, block } = this.picture;
    const bitmap = await createImageBitmap(blob, { colorSpaceConversion: "none" });
    const map = this.$("canvas.map");
    Object.assign(map, { width: bitmap.width, height: bitmap.height });
    const context = map.getContext("2d", { willReadFrequently: true });
    context.drawImage(bitmap, 0, 0);
    const pixels = context.getImageData(0, 0, map.width, map.height);
    this.codes = new Uint8Array(map.width * map.height);
    const table = colourTable(scale);
    for (let i = 0; i < this.codes.length; i += 1) {
      this.codes[i] = pixels.data[4 * i];
      pixels.data.set(table[this.codes[i]], 4 * i);
    }
    context.putImageData(pixels, 0, 0);
    const small = this.overview.querySelector("canvas");
    Object.assign(small, { width: Math.ceil(width / block), height: Math.ceil(height / block) });
    small.getContext("2d").drawImage(map, 0, 0);
    const peak = Number(this.picture.peak).toFixed(2);
    this.overview.querySelector(".peak").textContent =
      `Largest: ${peak} JOD lost.` + (block > 1 ? ` Each point is the largest value of ${block} × ${block} pixels.` : "")
      + " Solid: the worst window; dashed: what the viewer shows.";
  }

  lostAt(event) {
    const ratio = window.devicePixelRatio;
    const box = this.layers.getBoundingClientRect();
    const x = Math.floor((event.clientX - box.left) * ratio);
    const y = Math.floor((event.clientY - box.top) * ratio);
    const { width, height, block, scale } = this.picture;
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    const code = this.codes[Math.floor(y / block) * this.$("canvas.map").width + Math.floor(x / block)];
    const lost = ((code / scale.codes) * scale.top).toFixed(2) + (code >= scale.codes ? " or more" : "");
    this.$(".pixels").textContent = `${lost} JOD lost at ${x}, ${y}.`;
  }

  // Flicker -------------------------------------------------------------------------------------------------

  startFlicker() {
    const select = this.$(".flicker select");
    this.stopFlicker();
    this.timer = setInterval(() => {
      this.flipped = !this.flipped;
      this.show();
    }, 1000 / Number(select.value));
    this.$(".start").textContent = "Stop flicker";
    this.$(".start").setAttribute("aria-pressed", "true");
    this.show();
  }

  stopFlicker() {
    clearInterval(this.timer);
    this.timer = null;
    this.flipped = false;
    this.$(".start").textContent = "Start flicker";
    this.$(".start").setAttribute("aria-pressed", "false");
    if (this.mode) this.show();
  }

  allowFast(allowed) {
    const select = this.$(".flicker select");
    for (const option of select.options) option.disabled = !allowed && Number(option.value) > SAFE_CHANGES_PER_SECOND;
    if (!allowed && Number(select.value) > SAFE_CHANGES_PER_SECOND) {
      select.value = "2";
      if (this.timer) this.startFlicker();
    }
  }

  // What people do ------------------------------------------------------------------------------------------

  listen() {
    this.abort = new AbortController();
    const { signal } = this.abort;
    const on = (target, type, handler) => target.addEventListener(type, handler, { signal });
    const canHold = () => this.mode === "hold" || this.mode === "heat";
    const hold = (held) => {
      this.holding = held;
      this.show();
    };
    on(this.$(".modes"), "change", (event) => this.setMode(event.target.value));
    on(this.$(".hold button"), "click", (event) => {
      this.kept = !this.kept;
      event.target.setAttribute("aria-pressed", this.kept);
      this.show();
    });
    on(this.$(".start"), "click", () => (this.timer ? this.stopFlicker() : this.startFlicker()));
    on(this.$(".flicker select"), "change", () => this.timer && this.startFlicker());
    on(this.$(".flicker input"), "change", (event) => this.allowFast(event.target.checked));
    on(this.$(".heat input"), "input", () => this.show());
    on(this.$(".mark input"), "change", () => this.markWindows());
    on(this.$(".go"), "click", () => this.goToWindow());
    this.$(".background").hidden = !this.picture.transparent;
    on(this.$(".background select"), "change", (event) => this.stage.classList.toggle("white", event.target.value === "white"));
    on(document, "visibilitychange", () => document.hidden && this.stopFlicker());

    const steps = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    on(this.stage, "keydown", (event) => {
      if (event.target !== this.stage || event.ctrlKey || event.altKey || event.metaKey) return;
      const step = steps[event.key];
      if (step) {
        const far = event.shiftKey ? 256 : 32;
        this.moveBy(step[0] * far, step[1] * far);
      } else if (event.key === " ") {
        if (canHold()) hold(true);
      } else return;
      event.preventDefault();
    });
    on(this.stage, "keyup", (event) => event.key === " " && hold(false));
    on(this.stage, "blur", () => hold(false));

    let drag = null;
    const fits = () => this.seen.width >= this.picture.width && this.seen.height >= this.picture.height;
    const slideTo = (event) => {
      const box = this.stage.getBoundingClientRect();
      this.divider = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
      this.layout();
    };
    on(this.stage, "pointerdown", (event) => {
      if (event.button !== 0) return;
      this.stage.setPointerCapture(event.pointerId);
      const slides = this.mode === "swipe" && (fits() || event.target.closest(".divider"));
      drag = { x: event.clientX, y: event.clientY, pan: { ...this.pan }, slides, moved: false };
      if (slides) slideTo(event);
      else if (canHold()) hold(true);
    });
    on(this.stage, "pointermove", (event) => {
      if (!drag) {
        if (this.mode === "heat" && this.codes) this.lostAt(event);
        return;
      }
      if (drag.slides) {
        slideTo(event);
        return;
      }
      const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
      if (!drag.moved && Math.hypot(x, y) > 6 && !fits()) {
        drag.moved = true; // a drag, not a hold
        hold(false);
      }
      if (!drag.moved) return;
      this.pan = { x: drag.pan.x + x * window.devicePixelRatio, y: drag.pan.y + y * window.devicePixelRatio };
      this.layout();
    });
    for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) {
      on(this.stage, type, () => {
        drag = null;
        hold(false);
      });
    }
    on(this.stage, "contextmenu", (event) => canHold() && event.pointerType === "touch" && event.preventDefault());

    on(this.$(".divider"), "keydown", (event) => {
      const share = { ArrowLeft: -0.01, ArrowRight: 0.01, PageDown: -0.1, PageUp: 0.1, Home: -1, End: 1 }[event.key];
      if (share === undefined) return;
      this.divider = Math.min(1, Math.max(0, this.divider + (event.shiftKey ? 10 : 1) * share));
      event.preventDefault();
      event.stopPropagation();
      this.layout();
    });

    if (this.overview) {
      const small = this.overview.querySelector(".small");
      const go = (event) => {
        const box = small.getBoundingClientRect();
        this.centreOn(((event.clientX - box.left) / box.width) * this.picture.width, ((event.clientY - box.top) / box.height) * this.picture.height);
      };
      on(small, "pointerdown", (event) => {
        small.setPointerCapture(event.pointerId);
        go(event);
      });
      on(small, "pointermove", (event) => small.hasPointerCapture(event.pointerId) && go(event));
    }

    on(window, "resize", () => this.layout());
    on(window, "scroll", () => this.align(), { passive: true });
    this.observer = new ResizeObserver(() => this.mode && this.layout());
    this.observer.observe(this.root);
  }
}

function clone(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}

// Code value of a map → [red, green, blue, 255]; straight lines between evenly spaced stops.
function colourTable({ stops, codes }) {
  const colours = stops.map((stop) => [1, 3, 5].map((at) => parseInt(stop.slice(at, at + 2), 16)));
  return Array.from({ length: 256 }, (_, code) => {
    const at = (Math.min(code, codes) / codes) * (colours.length - 1);
    const i = Math.min(Math.floor(at), colours.length - 2);
    return [...colours[i].map((from, c) => Math.round(from + (at - i) * (colours[i + 1][c] - from))), 255];
  });
}
