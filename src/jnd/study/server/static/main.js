// The participant page: from consent to completion. The server says which step is due; each step's module shows it.

import { Api, Refused } from "./api.js";
import { AnswerQueue } from "./answer_queue.js";
import { button, h, notice, show } from "./dom.js";
import * as i18n from "./i18n.js";
import { t } from "./i18n.js";
import * as geometry from "./geometry.js";
import { Guard } from "./guard.js";
import { consent, eyebrow } from "./consent.js";
import { device, tooSmall } from "./device.js";
import { calibration, measure } from "./calibration.js";
import { screening } from "./screening.js";
import { instructions } from "./instructions.js";
import { trials } from "./trials.js";
import * as endings from "./endings.js";

const STEPS = { consent, device, calibration, screening, instructions, trials };
const ENDS = { done: endings.done, withdrawn: endings.withdrawn, closed: endings.closed };

const meta = (name) => document.querySelector(`meta[name="jnd-${name}"]`).content;

/** What the steps share. */
class Context {
  constructor() {
    this.build = meta("build");
    this.api = new Api((away) => notice(away ? t("offline") : ""));
    this.refresh = null;
    this.geometry = {};
    this.guard = new Guard(geometry.screenNow());
  }

  async open() {
    const parameters = new URLSearchParams(location.search);
    const wanted = parameters.get("lang");
    await i18n.load(wanted in i18n.LOCALES ? wanted : meta("locale"));
    this.queue = await new AnswerQueue(this.api).open();
    const { session } = await this.api.post("/api/session", {
      study: meta("study"),
      external: Object.fromEntries(parameters),
      locale: i18n.locale(),
      client_build: this.build,
    });
    this.view = session;
    // Begun before, perhaps in a language that was chosen then.
    if (session.study.locale !== i18n.locale() && !(wanted in i18n.LOCALES)) await i18n.load(session.study.locale);
    const known = geometry.remembered(session.id);
    if (known) this.calibrated(known);
  }

  /** Say what a step found; the answer says what is next. */
  async step(name, said) {
    // A second click while the answer is on its way would be one into the next page.
    const page = document.querySelector("main");
    page.inert = true;
    try {
      this.view = await this.api.post(`/api/session/${name}`, said);
    } finally {
      page.inert = false;
    }
  }

  async reload() {
    this.view = await this.api.get("/api/session");
  }

  calibrated(found) {
    this.geometry = found;
    this.guard = new Guard(found);
  }

  async withdraw() {
    const sure = await new Promise((resolve) =>
      show(
        eyebrow(this.view.study),
        h("h1", {}, t("withdraw.title")),
        h("p", {}, t("withdraw.text")),
        h("div", { class: "actions" }, button(t("withdraw.stay"), () => resolve(false), { class: "button primary" }), button(t("withdraw.sure"), () => resolve(true), { class: "button danger" })),
      ),
    );
    if (!sure) return location.reload(); // Back to where it was: the server knows.
    await this.api.post("/api/session/withdraw", {});
    endings.withdrawn(this);
  }
}

async function main() {
  const context = new Context();
  window.addEventListener("unhandledrejection", (event) => endings.failed(event.reason));
  try {
    await context.open();
    const needed = tooSmall(context.view.study);
    if (needed && !(context.view.step in ENDS)) return endings.unsuitable(context, needed);
    for (;;) {
      const { step } = context.view;
      if (step in ENDS) return ENDS[step](context);
      // Another screen, or another zoom, than the one that was measured.
      if (step === "trials" && !context.geometry.css_px_per_mm) context.api.log("calibration", await measure(context));
      await attempt(context, step);
    }
  } catch (error) {
    if (error instanceof Refused && error.facts.reason === "full") return endings.full();
    endings.failed(error);
  }
}

/** A step; one that the server refuses with a reason (a wrong distance, say) is shown with it and done again. */
async function attempt(context, step) {
  try {
    await STEPS[step](context);
  } catch (error) {
    if (!(error instanceof Refused) || ![409, 422].includes(error.status)) throw error;
    if (error.status === 409) return context.reload();
    await new Promise((resolve) =>
      show(eyebrow(context.view.study), h("h1", {}, t("refused.title")), h("p", {}, error.why), h("div", { class: "actions" }, button(t("refused.again"), resolve, { class: "button primary" }))),
    );
  }
}

main();
