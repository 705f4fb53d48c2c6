// Questions before the first trial: age, flicker, room; plates of colour vision; rings of visual acuity where the study asks.

import { button, h, show } from "./dom.js";
import { t } from "./i18n.js";
import { acuity } from "./acuity.js";
import { eyebrow } from "./consent.js";
import { PLATES, drawn } from "./plates.js";

export async function screening(context) {
  const { study } = context.view;
  const wanted = study.screening;
  const said = await questions(study, wanted);
  // Who cannot take part need not read plates.
  const excluded = !said.age_ok || (wanted.photosensitive_exclusion && said.photosensitive);
  const colour = wanted.colour && !excluded ? await plates(study) : [];
  const sharp = wanted.acuity && !excluded ? await acuity(study, context.geometry) : null;
  return context.step("screening", { ...said, colour, acuity: sharp });
}

function questions(study, wanted) {
  return new Promise((resolve) => {
    const asked = [
      wanted.age_minimum && radios("age_ok", t("screening.age", { years: wanted.age_minimum }), ["yes", "no"]),
      radios("photosensitive", t("screening.photosensitive"), ["no", "yes"]),
      radios("glasses", t("screening.glasses"), ["not-needed", "worn", "not-worn"]),
      radios("room", t("screening.room"), ["dim", "normal", "bright"]),
    ].filter(Boolean);
    const laboratory = study.mode === "lab" ? laboratoryForm() : null;
    const problem = h("p", { class: "problem", role: "alert" });
    const form = h("form", { class: "questions", novalidate: true }, ...asked, laboratory, problem);
    const done = () => {
      const said = Object.fromEntries(new FormData(form));
      const measured = laboratory === null ? null : laboratoryFacts(said);
      const given = asked.filter((set) => set.querySelector(":checked")).length;
      if (given < asked.length || (measured !== null && Object.values(measured).includes(null))) {
        problem.textContent = t("screening.all");
        form.querySelector("fieldset:not(:has(:checked)):not(.laboratory) input, .laboratory input:invalid")?.focus();
        return;
      }
      resolve({
        age_ok: wanted.age_minimum ? said.age_ok === "yes" : true,
        photosensitive: said.photosensitive === "yes",
        glasses: said.glasses,
        room: said.room,
        ...(measured === null ? {} : { laboratory: measured }),
      });
    };
    show(
      eyebrow(study),
      h("h1", {}, t("screening.title")),
      h("p", {}, t("screening.text")),
      form,
      h("div", { class: "actions" }, button(t("next"), done, { class: "button primary" })),
    );
  });
}

// What the operator of a laboratory states of the room, in the order of ISO 3664; the page cannot measure it.
const MEASURED = { white_cd_m2: [1, 10000], ambient_lux: [0, 100000], white_point_kelvin: [2000, 20000] };

function laboratoryForm() {
  const fields = Object.entries(MEASURED).map(([name, [low, high]]) => {
    const input = h("input", { type: "number", name, id: name, min: low, max: high, step: "any", required: true });
    return h("p", { class: "measured" }, h("label", { for: name }, t(`screening.laboratory.${name}`)), " ", input);
  });
  return h("fieldset", { class: "laboratory" }, h("legend", {}, t("screening.laboratory")), ...fields);
}

function laboratoryFacts(said) {
  const fact = ([name, [low, high]]) => {
    const value = said[name] === "" ? NaN : Number(said[name]);
    return [name, value >= low && value <= high ? value : null];
  };
  return Object.fromEntries(Object.entries(MEASURED).map(fact));
}

function radios(name, question, options) {
  return h(
    "fieldset",
    {},
    h("legend", {}, question),
    h(
      "div",
      { class: "options" },
      ...options.map((value) => {
        const id = `${name}-${value}`;
        return h("label", { class: "check", for: id }, h("input", { type: "radio", name, id, value }), h("span", {}, t(`screening.${name}.${value}`)));
      }),
    ),
  );
}

async function plates(study) {
  const answers = [];
  for (const [place, plate] of PLATES.entries()) {
    const digit = String(2 + Math.floor(8 * Math.random()));
    const said = await askPlate(study, drawn(plate, digit), place);
    answers.push({ plate: plate.kind, shown: digit, answer: said });
  }
  return answers;
}

function askPlate(study, canvas, place) {
  return new Promise((resolve) => {
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", t("plates.label"));
    const take = (value) => {
      document.removeEventListener("keydown", key);
      resolve(value);
    };
    const key = (event) => /^[0-9]$/.test(event.key) && take(event.key);
    document.addEventListener("keydown", key);
    show(
      eyebrow(study),
      h("h1", {}, t("plates.title")),
      h("p", {}, t("plates.text", { number: place + 1, of: PLATES.length })),
      canvas,
      h("div", { class: "digits", role: "group", "aria-label": t("plates.title") }, ...[..."0123456789"].map((digit) => button(digit, () => take(digit)))),
      h("div", { class: "actions" }, button(t("plates.none"), () => take(""))),
    );
  });
}
