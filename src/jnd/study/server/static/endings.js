// The pages on which a session ends.

import { button, h, show } from "./dom.js";
import { t } from "./i18n.js";
import { eyebrow } from "./consent.js";
import { withdrawal } from "./trials.js";

export function done(context) {
  const { study, completion } = context.view;
  const copied = h("span", { class: "quiet", role: "status" });
  const code = completion?.code;
  const copy = async () => {
    await navigator.clipboard.writeText(code).catch(() => {});
    copied.textContent = t("done.copied");
  };
  leaveFullscreen();
  show(
    eyebrow(study),
    h("h1", {}, t("done.title")),
    h("p", {}, t("done.text")),
    code && h("div", { class: "code-box" }, h("p", {}, t("done.code")), h("div", { class: "code-row" }, h("code", { class: "code" }, code), button(t("done.copy"), copy), copied)),
    safe(completion?.url) && h("div", { class: "actions" }, h("a", { class: "button primary", href: completion.url, rel: "noreferrer" }, t("done.back"))),
    study.consent.contact && h("p", { class: "quiet" }, t("consent.contact", { contact: study.consent.contact })),
    withdrawal(context),
  );
}

/** Only addresses of the web: the experimenter's file could hold anything. */
const safe = (url) => typeof url === "string" && /^https?:\/\//.test(url);

export function withdrawn(context) {
  leaveFullscreen();
  show(eyebrow(context.view.study), h("h1", {}, t("withdrawn.title")), h("p", {}, t("withdrawn.text")));
}

export function closed(context) {
  leaveFullscreen();
  show(eyebrow(context.view.study), h("h1", {}, t("closed.title")), h("p", {}, t("closed.text")));
}

export function full() {
  show(h("h1", {}, t("full.title")), h("p", {}, t("full.text")));
}

export function unsuitable(context, needed) {
  show(eyebrow(context.view.study), h("h1", {}, t("small.title")), h("p", {}, t("small.text", { needed: needed.join(" × ") })), h("p", {}, t("small.elsewhere")));
}

/** Something that should not be: say so, and offer to load the page again, which loses nothing. */
export function failed(error) {
  leaveFullscreen();
  show(
    h("h1", {}, t("failed.title")),
    h("p", {}, t("failed.text")),
    h("p", { class: "quiet" }, String(error?.why ?? error?.message ?? error)),
    h("div", { class: "actions" }, button(t("failed.again"), () => location.reload(), { class: "button primary" })),
  );
}

function leaveFullscreen() {
  if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
}
