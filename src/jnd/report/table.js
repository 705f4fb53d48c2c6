
// The table: sorting, filter, and the row that opens. Bytes of pictures stay text until their row is opened, and
// are given back when it closes.

{
  const table = document.getElementById("pictures");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  const scale = JSON.parse(document.getElementById("heat-scale").textContent);
  let opened = null; // { row, detail, viewer }
  let opening = 0;

  function close() {
    opening += 1;
    if (!opened) return;
    if (opened.viewer) opened.viewer.close();
    opened.detail.remove();
    opened.row.classList.remove("opened");
    opened.row.querySelector(".open").setAttribute("aria-expanded", "false");
    opened = null;
  }

  async function open(row) {
    close();
    const turn = opening;
    const { n, width, height, result, original, block, peak, transparent, window: worst } = row.dataset;
    const detail = make("tr", "detail");
    detail.setAttribute("role", "row");
    const cell = make("td");
    cell.setAttribute("role", "cell");
    cell.colSpan = heads.length;
    detail.append(cell);
    row.after(detail);
    row.classList.add("opened");
    row.querySelector(".open").setAttribute("aria-expanded", "true");
    opened = { row, detail, viewer: null };

    const steps = make("p", "steps");
    for (const [words, step] of [["Previous", -1], ["Next", 1], ["Close", 0]]) {
      const button = make("button", "", words);
      button.type = "button";
      const target = step ? neighbour(row, step) : row;
      button.disabled = !target;
      button.addEventListener("click", () => {
        if (step) open(target);
        else close();
        target.querySelector(".open").focus();
        target.scrollIntoView({ block: "start" });
      });
      steps.append(button);
    }
    steps.hidden = rows.length === 1;
    const loading = make("p", "", "Loading …");
    cell.append(steps, loading);

    const words = await element(`d${n}`);
    if (turn !== opening) return;
    const panes = make("div", "panes");
    const main = make("div");
    const aside = make("div", "aside");
    const more = make("div");
    panes.append(main, aside, more);
    const text = words.content.cloneNode(true);
    const curves = text.querySelector(".curves");
    const facts = text.querySelector(".facts");
    const trials = text.querySelector("details");
    loading.replaceWith(text, panes);
    for (const part of [facts, trials]) if (part) more.append(part);
    if (curves) aside.append(curves);
    if (!result) return;
    const [seen, reference, map] = await Promise.all([embeddedBlob(`r${n}`, result), embeddedBlob(`o${n}`, original), embeddedBlob(`h${n}`, "image/webp")]);
    if (turn !== opening) return;
    const say = (message) => main.prepend(make("p", "note", message));
    if (original && !reference) say(`The ${table.dataset.before} was left out to keep the report small; a larger --report-size brings it.`);
    if (!seen) {
      say(`The ${table.dataset.after} was left out to keep the report small; a larger --report-size brings it.`);
      return;
    }
    const place = make("div");
    main.prepend(place);
    const viewer = new Viewer(place, aside, {
      width: Number(width), height: Number(height), result: seen, original: reference, map,
      block: Number(block || 1), peak, transparent, window: worst ? worst.split(",").map(Number) : null, scale,
    });
    if (viewer.overview) aside.prepend(viewer.overview);
    opened.viewer = viewer;
    try {
      await viewer.ready();
      detail.dataset.ready = "yes";
    } catch (error) {
      if (turn !== opening) return;
      viewer.close();
      opened.viewer = null;
      say(`This browser cannot show the picture (${error.message}).`);
    }
  }

  function neighbour(row, step) {
    const visible = rows.filter((other) => !other.hidden);
    return visible[visible.indexOf(row) + step] || null;
  }

  body.addEventListener("click", (event) => {
    const button = event.target.closest(".open");
    if (!button) return;
    const row = button.closest("tr");
    if (opened && opened.row === row) close();
    else open(row);
  });
  body.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !opened) return;
    const { row } = opened;
    close();
    row.querySelector(".open").focus();
  });

  // Sorting: numbers by size, words by the reader's alphabet, what is not known always last.
  function sort(column, descending) {
    close();
    const words = "words" in heads[column].dataset;
    const compare = new Intl.Collator(undefined, { numeric: true }).compare;
    const value = (row) => row.cells[column].dataset.v;
    rows.sort((a, b) => {
      const [x, y] = [value(a), value(b)];
      if (x === "" || y === "") return (x === "") - (y === "");
      return (words ? compare(x, y) : x - y) * (descending ? -1 : 1);
    });
    body.append(...rows);
    heads.forEach((head, i) => {
      if (i === column) head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
  }
  heads.forEach((head, column) => {
    head.querySelector("button").addEventListener("click", () => sort(column, head.getAttribute("aria-sort") === "ascending"));
  });
  const select = document.getElementById("sort");
  select.addEventListener("change", () => sort(Number(select.value), false));

  const filter = document.getElementById("filter");
  const status = document.getElementById("status");
  function apply() {
    const wanted = filter.value.trim().toLocaleLowerCase();
    let count = 0;
    for (const row of rows) {
      const fits = row.dataset.name.toLocaleLowerCase().includes(wanted) && (!status.value || row.dataset.status === status.value);
      row.hidden = !fits;
      count += fits;
    }
    if (opened && opened.row.hidden) close();
    document.getElementById("count").textContent = (count === rows.length ? "" : `${count} of `) + (rows.length === 1 ? `1 ${table.dataset.noun}` : `${rows.length} ${table.dataset.noun}s`);
  }
  filter.addEventListener("input", apply);
  status.addEventListener("change", apply);
  document.querySelector(".tools").addEventListener("submit", (event) => event.preventDefault());
  apply();
  if (table.dataset.open === "first" && rows.length) pageParsed.then(() => open(rows[0]));
}
