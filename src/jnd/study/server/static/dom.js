// Elements made by hand: no markup from strings, so that no text of a study can become markup.

/**
 * An element. Attributes that begin with "on" are listeners; `true` is an attribute without value; false and null are left out.
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Node | string | null | false | undefined)} children
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== false && child !== undefined));
  return element;
}

/** Paragraphs of a text, parted by empty lines. */
export function paragraphs(text) {
  return text.split(/\n\s*\n/).map((part) => h("p", {}, part.trim()));
}

/**
 * Show a page in place of the one before, at its top, and tell screen readers by moving the focus to its heading.
 * @param {...Node} children
 */
export function show(...children) {
  const page = document.getElementById("page");
  page.className = "page";
  const main = h("main", { class: "sheet" }, ...children);
  page.replaceChildren(main);
  window.scrollTo(0, 0);
  const heading = main.querySelector("h1");
  if (heading) {
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    document.title = heading.textContent;
  }
  return main;
}

/** A line at the foot of the window that does not disturb; empty hides it. */
export function notice(text) {
  const line = document.getElementById("notice");
  line.textContent = text;
  line.hidden = !text;
}

export function button(label, press, attributes = {}) {
  return h("button", { type: "button", class: "button", onclick: press, ...attributes }, label);
}
