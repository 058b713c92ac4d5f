// Lists: rows are chosen for a bulk action and stay chosen over pages and sorting.
//   [data-list]                a list with a bar for its chosen rows; links marked data-part replace its rows only
//   [data-select-all]          the box that chooses the rows of the page
//   [data-choose-whole]        the button that chooses all rows of the filter, by the names that the server gives
//   [data-clear-choice]        the button that chooses none
//   .table-wrap.fits           a table that fits: its head may stick to the page
// Two rows of one record are chosen together. The choice lives in this page, as hidden fields of the bar's form. Shift with a click chooses what lies between.

export function startLists(root) {
  root.querySelectorAll("[data-list]").forEach((list) => new List(list));
  const sizes = new ResizeObserver((seen) => seen.forEach(({ target }) => fit(target)));
  root.querySelectorAll(".table-wrap").forEach((wrap) => sizes.observe(wrap));
}

function fit(wrap) {
  const fits = wrap.firstElementChild.scrollWidth <= wrap.clientWidth + 1;
  wrap.classList.toggle("fits", fits);
  if (fits) wrap.removeAttribute("tabindex");
  else wrap.tabIndex = 0;
}

class List {
  constructor(element) {
    this.element = element;
    this.bar = element.querySelector(".bulk-bar");
    if (!this.bar) return;
    this.chosen = new Map();
    this.latest = null;
    element.addEventListener("change", (event) => this.changed(event.target));
    element.addEventListener("click", (event) => this.clicked(event));
    this.changed(element);
  }

  boxes() {
    return [...this.element.querySelectorAll("tbody input[type=checkbox][form]")];
  }

  changed(target) {
    if (target.matches("[data-select-all]")) this.boxes().forEach((box) => { box.checked = target.checked; });
    if (target.form) this.boxes().forEach((box) => { if (box.value === target.value) box.checked = target.checked; });
    this.boxes().forEach((box) => (box.checked ? this.chosen.set(box.value, box.name) : this.chosen.delete(box.value)));
    this.tell();
  }

  clicked(event) {
    const link = event.target.closest("a[data-part]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) return this.turn(event, link);
    if (event.target.closest("[data-clear-choice]")) return this.clear();
    if (event.target.closest("[data-choose-whole]")) return this.whole();
    const box = event.target.closest("tbody input[type=checkbox][form]");
    if (!box) return undefined;
    if (event.shiftKey && this.latest) this.between(box);
    this.latest = box;
    return undefined;
  }

  between(box) {
    const all = this.boxes();
    const ends = [all.indexOf(this.latest), all.indexOf(box)].sort((a, b) => a - b);
    if (ends[0] < 0) return;
    all.slice(ends[0], ends[1] + 1).forEach((each) => { each.checked = box.checked; });
    this.changed(box);
  }

  async whole() {
    const address = new URL(location.href);
    address.searchParams.delete("after");
    address.searchParams.set("export", "choice");
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) return location.reload();
    const { name, values } = await answer.json();
    values.forEach((value) => this.chosen.set(value, name));
    this.boxes().forEach((box) => { box.checked = this.chosen.has(box.value); });
    return this.tell();
  }

  clear() {
    this.chosen.clear();
    this.element.querySelectorAll("input[type=checkbox][form], [data-select-all]").forEach((box) => { box.checked = false; });
    this.tell();
  }

  async turn(event, link) {
    event.preventDefault();
    const rows = this.element.querySelector("[data-list-rows]");
    rows.setAttribute("aria-busy", "true");
    const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return location.assign(link.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.querySelector("[data-list] [data-list-rows]");
    if (!next) return location.assign(link.href);
    rows.replaceWith(next);
    history.replaceState(null, "", link.href);
    this.boxes().forEach((box) => { box.checked = this.chosen.has(box.value); });
    this.element.querySelector("[data-count]").textContent = next.dataset.countText;
    next.querySelectorAll(".table-wrap").forEach(fit);
    this.latest = null;
    this.tell();
    next.querySelector("[data-row-link]")?.focus();
    return undefined;
  }

  tell() {
    const here = new Set(this.boxes().map((box) => box.value));
    this.bar.querySelectorAll("[data-elsewhere]").forEach((field) => field.remove());
    this.chosen.forEach((name, value) => {
      if (here.has(value)) return;
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      field.dataset.elsewhere = "yes";
      this.bar.append(field);
    });
    this.bar.querySelector("[data-selected-count]").textContent = this.chosen.size;
    this.bar.toggleAttribute("data-any", this.chosen.size > 0);
  }
}
