// What taking part means, in the study's words or ours, and the agreement to it.

import { button, h, paragraphs, show } from "./dom.js";
import { LOCALES, load, locale, t } from "./i18n.js";

/** The study's title above a page. */
export const eyebrow = (study) => h("p", { class: "eyebrow" }, study.title);

export async function consent(context) {
  for (;;) {
    // The page may be in another language than the session began in.
    if (context.view.study.locale !== locale()) context.view = await context.api.get(`/api/session?locale=${locale()}`);
    const { language, agreed } = await ask(context);
    if (agreed) return context.step("consent", agreed);
    await load(language);
  }
}

function ask({ view }) {
  const { study } = view;
  const statements = ["read", "voluntary", ...(flickers(study.method) ? ["flicker"] : [])];
  return new Promise((resolve) => {
    const languages = h(
      "select",
      { id: "language", onchange: () => resolve({ language: languages.value }) },
      ...Object.entries(LOCALES).map(([code, name]) => h("option", { value: code, lang: code, selected: code === locale() }, name)),
    );
    const boxes = statements.map((name) => h("input", { type: "checkbox", id: `statement-${name}`, name, onchange: enable }));
    const go = button(
      t("consent.agree"),
      () =>
        resolve({
          agreed: {
            sha256: study.consent.sha256,
            locale: study.locale,
            agreed: true,
            statements: Object.fromEntries(boxes.map((box) => [box.name, box.checked])),
          },
        }),
      { class: "button primary", disabled: true },
    );
    function enable() {
      go.disabled = !boxes.every((box) => box.checked);
    }
    show(
      h("div", { class: "top" }, eyebrow(study), h("label", { class: "language", for: "language" }, h("span", { class: "unseen" }, t("consent.language")), languages)),
      h("h1", {}, t("consent.title")),
      h("div", { class: "prose" }, ...paragraphs(study.consent.text)),
      study.consent.contact && h("p", { class: "quiet" }, t("consent.contact", { contact: study.consent.contact })),
      flickers(study.method) && warning(),
      h("fieldset", { class: "statements" }, h("legend", {}, t("consent.statements")), ...boxes.map((box) => h("label", { class: "check", for: box.id }, box, h("span", {}, t(`consent.${box.name}`))))),
      h("div", { class: "actions" }, go, h("p", { class: "quiet" }, t("consent.leave"))),
    );
  });
}

const warning = () => h("aside", { class: "warning", role: "note" }, h("strong", {}, t("warning.title")), h("p", {}, t("warning.text")));

/** Methods that alternate or move pictures. */
export const flickers = (method) => ["flicker", "flicker-slider", "btc", "pan"].includes(method);
