// Trials, one after the other, until the server says that there are no more: fetch, decode, show, answer; breaks and pauses.

import { button, h, notice, show } from "./dom.js";
import { t } from "./i18n.js";
import { eyebrow } from "./consent.js";
import * as geometry from "./geometry.js";
import { measure } from "./calibration.js";
import { decoded } from "./stage.js";
import { TooSmall, TrialScreen } from "./trial_screen.js";
import { measureRefresh } from "./timing.js";

const SCREENS = {
  flicker: () => import("./screens/flicker.js"),
  flicker_slider: () => import("./screens/flicker_slider.js"),
  side_by_side: () => import("./screens/side_by_side.js"),
  same_different: () => import("./screens/same_different.js"),
  rating: () => import("./screens/rating.js"),
  quality_ruler: () => import("./screens/quality_ruler.js"),
  btc: () => import("./screens/btc.js"),
  ptc: () => import("./screens/ptc.js"),
  pan: () => import("./screens/pan.js"),
};

const FEEDBACK_MS = 1000;
const SLOW_MS = 500;

/** Until there are no more trials, or another step is due. */
export async function trials(context) {
  const { api, queue } = context;
  if (!context.refresh) await resume(context);
  for (;;) {
    await queue.flush();
    const next = await waiting(api.get("/api/session/next"));
    if (next.kind === "trial") await one(context, next.trial);
    else if (next.kind === "break") await rest(context, next);
    else return context.reload();
  }
}

/** A word at the foot if the server is slow. */
async function waiting(promise) {
  const timer = setTimeout(() => notice(t("loading")), SLOW_MS);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    if (document.getElementById("notice").textContent === t("loading")) notice("");
  }
}

async function one(context, trial) {
  const { api, queue, guard } = context;
  const screen = await SCREENS[trial.screen]();
  const bitmaps = await waiting(decoded(api, trial.assets));
  while (guard.obstacle()) await paused(context, guard.obstacle());
  const page = document.getElementById("page");
  page.className = `page trial ${ink(trial.params.background)}`;
  page.style.backgroundColor = trial.params.background;
  const root = h("main", { class: "field-of-view" });
  page.replaceChildren(root);
  const shown = new TrialScreen({ trial, bitmaps, refresh: context.refresh, geometry: context.geometry, guard });
  let result;
  try {
    result = await shown.run(screen, root);
  } catch (error) {
    if (!(error instanceof TooSmall)) throw error;
    page.style.backgroundColor = "";
    await small(context, error.message);
    return;
  } finally {
    page.style.backgroundColor = "";
  }
  const record = shown.record();
  if (result.kind === "void") {
    await queue.send(`/api/trials/${trial.id}/void`, { reason: result.reason, ...record });
    api.log("void", { trial: trial.id, reason: result.reason });
    if (result.reason !== "no_answer") await paused(context, result.reason);
    return;
  }
  const said = await queue.send(`/api/trials/${trial.id}/answer`, {
    value: result.value,
    rt_ms: result.rt_ms,
    answered_at: new Date().toISOString(),
    ...record,
    client_build: context.build,
    nudges: shown.nudges,
  });
  const correct = said?.feedback?.correct;
  if (correct === true || correct === false) await feedback(root, shown, correct);
}

/** Right or wrong, in practice only. */
async function feedback(root, shown, correct) {
  shown.foot.replaceChildren(h("p", { class: `feedback ${correct ? "right" : "wrong"}`, role: "status" }, t(correct ? "feedback.right" : "feedback.wrong")));
  shown.question.textContent = "";
  await new Promise((resolve) => setTimeout(resolve, FEEDBACK_MS));
  root.replaceChildren();
}

/** Black or white, whichever has more contrast on the background (WCAG 2.2, relative luminance). */
function ink(background) {
  const [red, green, blue] = [1, 3, 5].map((place) => {
    const value = parseInt(background.slice(place, place + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) ? "ink-dark" : "ink-light";
}

/** Loaded again in the middle: full screen needs a click, the refresh rate is measured anew. */
async function resume(context) {
  const { view, guard } = context;
  await new Promise((resolve) =>
    show(
      eyebrow(view.study),
      h("h1", {}, t("resume.title")),
      h("p", {}, t("resume.text", view.progress)),
      progressBar(view.progress),
      h("div", { class: "actions" }, button(t("resume.button"), resolve, { class: "button primary" })),
      withdrawal(context),
    ),
  );
  await guard.enter();
  await refreshed(context);
}

async function refreshed(context) {
  const before = context.refresh;
  context.refresh = await measureRefresh();
  if (before && before.nominal !== context.refresh.nominal) {
    context.api.log("refresh_changed", { before: before.hz, now: context.refresh.hz });
  }
}

/** Something stopped a trial: say what, and go on when it is put right. */
async function paused(context, reason) {
  const { view, guard } = context;
  const known = ["hidden", "blur", "zoom", "resize", "fullscreen", "pause"].includes(reason) ? reason : "pause";
  const again = await new Promise((resolve) =>
    show(
      eyebrow(view.study),
      h("h1", {}, t("pause.title")),
      h("p", {}, t(`pause.${known}`)),
      h(
        "div",
        { class: "actions" },
        button(t("pause.continue"), () => resolve("on"), { class: "button primary" }),
        known === "zoom" && button(t("pause.recalibrate"), () => resolve("calibrate")),
      ),
      withdrawal(context),
    ),
  );
  await guard.enter();
  if (again === "calibrate") context.api.log("calibration", await measure(context));
}

async function rest(context, { after, seconds_minimum: seconds }) {
  const began = performance.now();
  await new Promise((resolve) => {
    const on = button(t("break.continue"), resolve, { class: "button primary", disabled: true });
    const left = h("p", { class: "quiet", role: "timer" });
    const tick = () => {
      const remaining = Math.ceil(seconds - (performance.now() - began) / 1000);
      left.textContent = remaining > 0 ? t("break.left", { seconds: remaining }) : "";
      on.disabled = remaining > 0;
      if (remaining > 0) setTimeout(tick, 250);
      else on.focus();
    };
    const planned = context.view.progress.planned;
    show(
      eyebrow(context.view.study),
      h("h1", {}, t("break.title")),
      h("p", {}, t("break.text")),
      progressBar({ done: after, planned }),
      left,
      h("div", { class: "actions" }, on),
      withdrawal(context),
    );
    tick();
  });
  const taken = { kind: "break", t_client: Date.now(), data: { seconds: Math.round((performance.now() - began) / 1000) } };
  await context.api.post("/api/events", { events: [taken] });
  await context.guard.enter();
  await refreshed(context);
}

export function progressBar({ done, planned }) {
  const text = t("progress.main", { done, planned });
  return h("div", { class: "progress" }, h("progress", { max: planned || 1, value: Math.min(done, planned), "aria-label": text }), h("span", {}, text));
}

/** Pictures are larger than this screen: a screen that is too small is not the participant's fault. */
async function small(context, needed) {
  context.api.log("too_small", { needed, window: [window.innerWidth, window.innerHeight], dpr: window.devicePixelRatio });
  await new Promise((resolve) =>
    show(
      eyebrow(context.view.study),
      h("h1", {}, t("small.title")),
      h("p", {}, t("small.text", { needed })),
      h("p", {}, t("small.advice")),
      h("div", { class: "actions" }, button(t("small.again"), resolve, { class: "button primary" })),
      withdrawal(context),
    ),
  );
  await context.guard.enter();
}

/** The way out, on every page between trials. */
export function withdrawal(context) {
  return h("p", { class: "way-out" }, h("button", { type: "button", class: "link", onclick: () => context.withdraw() }, t("withdraw.link")));
}
