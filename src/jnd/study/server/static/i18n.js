// Words of the page: one flat file of texts per language, English where a text is missing.

export const LOCALES = { en: "English", de: "Deutsch", fr: "Français" };

let words = {};
let language = "en";

/** Load a language. */
export async function load(locale) {
  const base = await file("en");
  const wanted = locale === "en" ? {} : await file(locale).catch(() => file(locale.split("-")[0]).catch(() => ({})));
  words = { ...base, ...wanted };
  language = locale;
  document.documentElement.lang = locale;
}

async function file(locale) {
  const answer = await fetch(`/locales/${encodeURIComponent(locale)}.json`);
  if (!answer.ok) throw new Error(`no texts in ${locale}`);
  return answer.json();
}

export const locale = () => language;

export const has = (key) => key in words;

/** The text of a key, with `{name}` replaced. A missing one shows its key, so that it is seen and mended. */
export function t(key, values = {}) {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

export function number(value, digits = 0) {
  return new Intl.NumberFormat(language, { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value);
}
