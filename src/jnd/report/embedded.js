
// Bytes of pictures stay text in the page until they are asked for.

const pageParsed = new Promise((resolve) => {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", resolve, { once: true });
  else resolve();
});

// The element called `id`, also when the page is still being read; null if there is none.
async function element(id) {
  const found = document.getElementById(id);
  // While the page is read, the last element may not have all its text yet.
  if (document.readyState === "loading" && !(found && found.nextElementSibling)) await pageParsed;
  return document.getElementById(id);
}

async function embeddedBlob(id, type) {
  const holder = await element(id);
  if (!holder) return null;
  const text = atob(holder.textContent);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return new Blob([bytes], { type });
}

function make(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}
