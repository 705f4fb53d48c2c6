// What the screens of all methods share: the stage, one loop of frames, the question, answers by key, mouse and touch, and
// the record of what happened. A screen is a module with `begin(screen)`, which places the panels, asks, and gives the
// function that draws frame n.

import { h } from "./dom.js";
import { t } from "./i18n.js";
import { pixelsPerDegree } from "./geometry.js";
import { Stage } from "./stage.js";
import { FrameClock, frames, framesOf } from "./timing.js";

const TRACKED = 600;

export class TooSmall extends Error {}

export class TrialScreen {
  /**
   * @param {object} options
   * @param {object} options.trial as the server gave it
   * @param {Record<string, ImageBitmap>} options.bitmaps role → picture
   * @param {object} options.refresh of measureRefresh
   * @param {object} options.geometry css_px_per_mm, distance_mm
   * @param {import("./guard.js").Guard} options.guard
   */
  constructor({ trial, bitmaps, refresh, geometry, guard }) {
    Object.assign(this, { trial, bitmaps, refresh, geometry, guard });
    this.params = trial.params;
    this.clock = new FrameClock(refresh);
    this.stage = new Stage(trial.params);
    this.open = false;
    this.onset = null;
    this.nudges = 0;
    this.phaseFrames = null;
    this.keys = new Map();
    this.buttons = [];
    this.releases = [];
    this.telemetry = { toggles: 0, direction_changes: 0, track: [], clicks: [], arrangement: "row" };
    this.finished = new Promise((resolve) => (this.resolve = resolve));
  }

  /** Frames of a time at this display. */
  frames(ms) {
    return framesOf(ms, this.refresh.nominal);
  }

  size(role) {
    const { width, height } = this.trial.assets[role];
    return { width, height };
  }

  // ---- what screens call ----

  /** The question, above the panels. */
  ask(text) {
    this.question.textContent = text;
  }

  /** Below the panels. */
  controls(...elements) {
    this.foot.replaceChildren(...elements);
  }

  /** One button per answer. @param {{value: any, label: string, keys: string[], hint: string}[]} choices */
  choices(choices, { column = false } = {}) {
    const row = h("div", { class: column ? "choices column" : "choices", role: "group", "aria-label": this.question.textContent });
    for (const choice of choices) {
      const press = (event) => this.answer(choice.value, event);
      const element = h(
        "button",
        { type: "button", class: "choice", onclick: press, "data-value": choice.value, "aria-keyshortcuts": choice.keys.join(" ") },
        h("span", {}, choice.label),
        choice.hint && h("kbd", { "aria-hidden": "true" }, choice.hint),
      );
      for (const key of choice.keys) this.keys.set(key, press);
      this.buttons.push(element);
      row.append(element);
    }
    this.controls(row);
    return row;
  }

  /** Left, right and, where it is offered, "not sure". */
  sides() {
    const offered = {
      left: { label: t("answer.left"), keys: ["ArrowLeft", "f"], hint: "←" },
      "not-sure": { label: t("answer.not-sure"), keys: ["ArrowDown"], hint: "↓" },
      right: { label: t("answer.right"), keys: ["ArrowRight", "j"], hint: "→" },
    };
    this.choices(this.trial.choices.map((value) => ({ value, ...offered[value] })));
  }

  sameOrDifferent() {
    this.choices([
      { value: "same", label: t("answer.same"), keys: ["ArrowLeft", "s"], hint: "←" },
      { value: "different", label: t("answer.different"), keys: ["ArrowRight", "d"], hint: "→" },
    ]);
  }

  /** Places for pictures of these roles; in a column only where sides are not what is asked. */
  place(roles, { column = false, labels = null } = {}) {
    const sizes = roles.map((role) => this.size(role));
    const label = labels ? 26 : 0;
    const head = this.head.getBoundingClientRect();
    const foot = this.foot.getBoundingClientRect();
    const free = { left: 8, right: window.innerWidth - 8, top: head.bottom + 8 + label, bottom: foot.top - 8 };
    const found = this.stage.arrange(sizes, free, { column, gap: labels && column ? 30 : 24 });
    if (!found) throw new TooSmall(needed(sizes, this.params.scale));
    this.telemetry.arrangement = found.arrangement;
    this.places = found.places;
    if (labels) this.#label(labels, found.places);
    return found.places;
  }

  #label(labels, places) {
    const dpr = window.devicePixelRatio;
    labels.forEach((text, place) => {
      const tag = h("div", { class: "label" }, text);
      tag.style.left = `${places[place].x / dpr}px`;
      tag.style.width = `${places[place].width / dpr}px`;
      tag.style.top = `${places[place].y / dpr - 24}px`;
      this.root.append(tag);
    });
  }

  /** Alternate: `draw(0)` and `draw(1)` every phase_ms, counted in frames. */
  alternation(draw) {
    this.phaseFrames = this.frames(this.params.phase_ms);
    let last = -1;
    return (index, stamp) => {
      const phase = Math.floor(index / this.phaseFrames);
      if (phase === last) return;
      draw(phase % 2);
      this.stage.phase(phase % 2 === 1);
      this.clock.swapped(phase * this.phaseFrames, stamp);
      last = phase;
    };
  }

  /** Something the observer did, with its time since onset. */
  track(value, event) {
    if (this.telemetry.track.length < TRACKED) this.telemetry.track.push([Math.round(this.elapsed(event)), value]);
  }

  elapsed(event) {
    return this.onset === null ? 0 : event.timeStamp - this.onset;
  }

  /** Take an answer, or say kindly why not yet. `ready()` may give the key of a text that says what is missing. */
  answer(value, event) {
    if (this.onset === null) return;
    const missing = this.elapsed(event) < this.params.min_view_ms ? "nudge.longer" : (this.missing?.(value) ?? null);
    if (missing) {
      this.nudges += 1;
      this.hint.textContent = t(missing);
      return;
    }
    if (!this.open) return;
    this.#end({ kind: "answer", value, rt_ms: Math.round(10 * this.elapsed(event)) / 10 });
  }

  // ---- from blank to answer ----

  /** Show the trial; gives {kind: "answer", value, rt_ms} or {kind: "void", reason}. */
  async run(screen, root) {
    this.root = root;
    this.head = h("div", { class: "head" });
    this.question = h("h1", { class: "question", id: "question", "aria-live": "polite" });
    this.hint = h("p", { class: "hint", role: "status", "aria-live": "polite" });
    this.foot = h("div", { class: "foot" });
    this.head.append(this.question, this.hint);
    this.stage.canvas.setAttribute("aria-label", t("stage.label"));
    const pause = h("button", { type: "button", class: "pause", onclick: () => this.interrupt("pause") }, t("pause.button"), h("kbd", { "aria-hidden": "true" }, "Esc"));
    const progress = h("p", { class: "count" }, t(`progress.${this.trial.stage}`, { done: this.trial.index + 1, planned: this.trial.planned }));
    root.replaceChildren(this.stage.canvas, this.head, this.foot, h("div", { class: "corner" }, progress, pause));
    const keyed = (event) => this.#key(event);
    const lifted = (event) => this.releases.forEach((release) => release(event));
    document.addEventListener("keydown", keyed);
    document.addEventListener("keyup", lifted);
    const unwatch = this.guard.watch((reason) => this.interrupt(reason));
    try {
      await this.stage.fit();
      const draw = screen.begin(this);
      this.stage.warm(Object.values(this.bitmaps));
      root.dataset.trial = this.trial.id;
      root.dataset.state = "blank";
      await Promise.race([frames(this.frames(this.params.blank_ms)), this.finished]);
      if (!this.over) this.#show(draw);
      return await this.finished;
    } finally {
      this.clock.stop();
      unwatch();
      document.removeEventListener("keydown", keyed);
      document.removeEventListener("keyup", lifted);
      this.stage.clear();
      root.dataset.state = "over";
      for (const bitmap of Object.values(this.bitmaps)) bitmap.close();
    }
  }

  #show(draw) {
    const { max_view_ms: longest, answer_ms: window_ms } = this.params;
    const greyFrom = longest ? this.frames(longest) : Infinity;
    const closedFrom = longest && window_ms ? greyFrom + this.frames(window_ms) : Infinity;
    const openFrom = this.openFrom ?? 0;
    let grey = false;
    this.clock.start((index, stamp) => {
      if (index >= closedFrom) return this.interrupt("no_answer");
      if (index < greyFrom) draw(index, stamp);
      else if (!grey) {
        grey = true;
        this.places.forEach((place) => this.stage.blank(place));
        this.root.dataset.view = "ended";
      }
      if (this.onset === null) {
        this.onset = stamp;
        this.root.dataset.state = "shown";
      }
      if (!this.open && index >= openFrom) {
        this.open = true;
        this.root.dataset.state = "open";
      }
    });
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") return this.interrupt("pause");
    const action = this.keys.get(event.key.length === 1 ? event.key.toLowerCase() : event.key);
    if (!action || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    if (!event.repeat) action(event);
  }

  interrupt(reason) {
    if (reason === "hidden" || reason === "blur") this.clock.visibilityLost += 1;
    this.#end({ kind: "void", reason });
  }

  #end(result) {
    if (this.over) return;
    this.over = true;
    this.clock.stop();
    this.resolve(result);
  }

  /** Timing and telemetry of the trial, for the answer. */
  record() {
    const dpr = window.devicePixelRatio;
    const { css_px_per_mm: perMm, distance_mm: distance } = this.geometry;
    const ppd = perMm && distance ? pixelsPerDegree(perMm, dpr, distance) : null;
    return {
      timing: this.clock.report(this.phaseFrames),
      telemetry: {
        ...this.telemetry,
        displayed_px: this.places ? [this.places[0].width, this.places[0].height] : null,
        device_pixels_exact: this.stage.exact,
        dpr,
        scale: this.params.scale,
        fullscreen: Boolean(document.fullscreenElement),
        window: [window.innerWidth, window.innerHeight],
        // A picture's pixel is `scale` device pixels wide, so a degree holds that many fewer of them.
        ppd_image: ppd && Math.round((1000 * ppd) / this.params.scale) / 1000,
        pointer: matchMedia("(pointer: coarse)").matches ? "coarse" : "fine",
        reloads: this.trial.represented ?? 0,
      },
    };
  }
}

/** Device pixels that a row of pictures takes, for the message that a screen is too small. */
function needed(sizes, scale) {
  const width = sizes.reduce((sum, size) => sum + size.width * scale, 0);
  return `${width} × ${Math.max(...sizes.map((size) => size.height * scale))}`;
}
