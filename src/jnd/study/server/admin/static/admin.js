// The experimenter's page: counts every few seconds, curves when there are more answers, a question before removal.

const EVERY_MS = 4000;
const tiles = document.querySelectorAll("[data-key]");
const curves = document.getElementById("curves");
let answers = -1;

async function loadCurves() {
  const response = await fetch("/admin/curves", { headers: { "X-JND": "1" } });
  if (response.ok) curves.innerHTML = await response.text(); // escaped on the server
}

function row(picture) {
  const tr = document.createElement("tr");
  const right = picture.right === null ? "" : `${Math.round(100 * picture.right)}%`;
  for (const [text, number] of [[picture.source], [picture.codec], [picture.answers, true], [right, true]]) {
    const td = document.createElement("td");
    td.textContent = text;
    if (number) td.className = "n";
    tr.append(td);
  }
  return tr;
}

async function refresh() {
  if (document.hidden) return;
  const response = await fetch("/admin/progress.json");
  if (response.status === 401) location.assign("/admin/login");
  if (!response.ok) return;
  const now = await response.json();
  for (const tile of tiles) tile.textContent = now[tile.dataset.key] ?? "–";
  if (now.pictures.length) document.querySelector("#progress tbody").replaceChildren(...now.pictures.map(row));
  if (now.answers !== answers) {
    answers = now.answers;
    await loadCurves();
  }
}

if (curves) {
  refresh();
  setInterval(refresh, EVERY_MS);
}
for (const form of document.querySelectorAll("form[data-confirm]")) {
  form.addEventListener("submit", (event) => {
    if (!confirm(form.dataset.confirm)) event.preventDefault();
  });
}
