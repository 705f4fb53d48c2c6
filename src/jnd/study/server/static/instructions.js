// What to do in this method, with a drawing of its screen and the keys.

import { button, h, paragraphs, show } from "./dom.js";
import { t } from "./i18n.js";
import { eyebrow, flickers } from "./consent.js";

export async function instructions(context) {
  const { study } = context.view;
  const began = performance.now();
  // Ratings and adjustments are neither right nor wrong.
  const judged = !["acr", "dcr", "quality-ruler", "flicker-slider"].includes(study.method);
  const words = study.method === "flicker" ? `flicker.${study.question}` : study.method;
  await new Promise((resolve) =>
    show(
      eyebrow(study),
      h("h1", {}, t("instructions.title")),
      h("div", { class: "prose lead" }, ...paragraphs(t(`${words}.instructions`))),
      sketch(study.method),
      keys(study),
      h("ul", { class: "plain" }, judged && h("li", {}, t("instructions.guess")), study.practice.trials > 0 && h("li", {}, t(judged ? "instructions.practice" : "instructions.practice-plain")), h("li", {}, t("instructions.pause"))),
      flickers(study.method) && h("p", { class: "quiet" }, t("warning.short")),
      h("div", { class: "actions" }, button(t(study.practice.trials > 0 ? "instructions.start-practice" : "instructions.start"), resolve, { class: "button primary" })),
    ),
  );
  await context.guard.enter();
  return context.step("instructions", { read_ms: Math.round(performance.now() - began) });
}

const PANELS = {
  flicker: ["", ""], "flicker-slider": ["", "slider"], "side-by-side": ["", ""], "same-different": ["1", "2"], acr: [""],
  dcr: ["dcr.reference", "dcr.picture"], "quality-ruler": ["quality-ruler.test", "quality-ruler.ruler", "slider"], btc: ["", ""], ptc: ["", ""], pan: ["", ""],
};

/** A drawing of the panels; it says nothing that the text does not. */
function sketch(method) {
  const panels = PANELS[method].filter((name) => name !== "slider");
  return h(
    "div",
    { class: "sketch", "aria-hidden": "true" },
    h("div", { class: "panels" }, ...panels.map((name) => h("div", { class: "panel" }, name && (name.includes(".") ? t(name) : name)))),
    PANELS[method].includes("slider") && h("div", { class: "rail" }),
  );
}

function keys(study) {
  const pair = (key, text) => h("div", { class: "key" }, h("kbd", {}, key), h("span", {}, text));
  const rows = {
    sides: [pair("←", t("answer.left")), study.not_sure && pair("↓", t("answer.not-sure")), pair("→", t("answer.right"))],
    same: [pair("←", t("answer.same")), pair("→", t("answer.different"))],
    rating: [pair("1 – 5", t("keys.rating"))],
    slider: [pair("← →", t("keys.slider")), pair("↵", t("keys.take"))],
  };
  const kind = { "side-by-side": "same", "same-different": "same", acr: "rating", dcr: "rating", "flicker-slider": "slider", "quality-ruler": "slider" }[study.method] ?? "sides";
  const list = [...rows[kind], study.method === "ptc" && pair(t("key.space"), t("ptc.hold")), pair("Esc", t("pause.button"))];
  return h("div", { class: "keys" }, ...list.filter(Boolean));
}
