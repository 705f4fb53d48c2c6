// The device check: what this screen is, and how often it draws. The button also brings full screen, which needs a click.

import { button, h, show } from "./dom.js";
import { number, t } from "./i18n.js";
import { eyebrow } from "./consent.js";
import { screenNow } from "./geometry.js";
import { measureRefresh } from "./timing.js";

const matches = (query) => matchMedia(query).matches;

export async function device(context) {
  const { study } = context.view;
  await new Promise((resolve) =>
    show(
      eyebrow(study),
      h("h1", {}, t("device.title")),
      h("p", {}, t("device.text")),
      h("ul", { class: "plain" }, ...["light", "windows", "power", "zoom"].map((name) => h("li", {}, t(`device.prepare.${name}`)))),
      h("div", { class: "actions" }, button(t(document.fullscreenEnabled ? "device.start" : "device.start-window"), resolve, { class: "button primary" })),
    ),
  );
  await context.guard.enter();
  for (;;) {
    show(eyebrow(study), h("h1", {}, t("device.title")), h("p", { class: "wait", role: "status" }, t("device.measuring")));
    const refresh = await measureRefresh();
    context.refresh = refresh;
    const facts = facts_of(refresh);
    const again = await new Promise((resolve) => report(study, refresh, facts, resolve));
    if (!again) return context.step("device", facts);
    await context.guard.enter();
  }
}

function facts_of(refresh) {
  return {
    user_agent: navigator.userAgent,
    screen: [screen.width, screen.height],
    avail: [screen.availWidth, screen.availHeight],
    window: [window.innerWidth, window.innerHeight],
    dpr: window.devicePixelRatio,
    zoom: window.outerWidth ? Math.round((100 * window.outerWidth) / window.innerWidth) / 100 : null,
    refresh_hz: refresh.hz,
    refresh_nominal_hz: refresh.nominal,
    refresh_gaps: refresh.gaps,
    color_gamut: ["rec2020", "p3", "srgb"].find((name) => matches(`(color-gamut: ${name})`)) ?? "unknown",
    dynamic_range: matches("(dynamic-range: high)") ? "high" : "standard",
    fullscreen: Boolean(document.fullscreenElement),
    pointer: matches("(pointer: coarse)") ? "coarse" : "fine",
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    reduced_motion: matches("(prefers-reduced-motion: reduce)"),
  };
}

function report(study, refresh, facts, resolve) {
  const dpr = facts.dpr;
  const lines = [
    [true, t("device.screen", { width: Math.round(facts.screen[0] * dpr), height: Math.round(facts.screen[1] * dpr) })],
    [refresh.agrees && refresh.dropped < 6, t(refresh.agrees ? "device.refresh" : "device.refresh-odd", { hz: number(refresh.hz, 1), dropped: refresh.dropped })],
    [Number.isInteger(dpr), t(Number.isInteger(dpr) ? "device.pixels" : "device.pixels-odd", { dpr: number(dpr, 2) })],
    [facts.fullscreen || !document.fullscreenEnabled, t(facts.fullscreen ? "device.fullscreen" : "device.no-fullscreen")],
    [true, t(`device.gamut.${facts.color_gamut === "unknown" ? "srgb" : facts.color_gamut}`)],
  ];
  const fine = lines.every(([good]) => good);
  show(
    eyebrow(study),
    h("h1", {}, t(fine ? "device.fine" : "device.not-fine")),
    h("ul", { class: "checks" }, ...lines.map(([good, text]) => h("li", { class: good ? "good" : "bad" }, h("span", { class: "unseen" }, t(good ? "device.good" : "device.bad")), text))),
    !fine && h("p", {}, t("device.advice")),
    h(
      "div",
      { class: "actions" },
      button(t("next"), () => resolve(false), { class: "button primary" }),
      button(t("device.again"), () => resolve(true)),
    ),
  );
}

/** How the panels of a method may lie; one panel where nothing is said. */
const PANELS = { flicker: "row", btc: "row", ptc: "row", pan: "row", "side-by-side": "either", dcr: "either", "quality-ruler": "either" };

/** Width and height that pictures need, against the window: null if they fit or nothing is known. */
export function tooSmall(study) {
  if (!study.largest_picture) return null;
  const [width, height] = study.largest_picture.map((side) => side * study.display.scale);
  const { dpr } = screenNow();
  const [across, down] = [screen.width * dpr, screen.height * dpr];
  const row = [2 * width + 24 * dpr, height];
  const ways = {
    row: [row],
    either: [row, [width, 2 * height + 24 * dpr]],
    one: [[width, height]],
  }[PANELS[study.method] ?? "one"];
  return ways.some(([wide, high]) => wide <= across && high <= down) ? null : ways[0];
}
