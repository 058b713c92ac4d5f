// The search box: `/` looks for people, cases and rules, Ctrl/⌘ K for commands; one list under it, by arrows and Enter.
// Commands are what the page declared ([data-commands] li), what it reaches by a key ([data-key]), the pages of the
// rail and the choices of one's own screen. People, cases and rules are asked of the server by POST.

const WAIT_MS = 180;
const SHORTEST = 2;
const MOST = 9;

export function startFinder(root) {
  const form = root.querySelector("[data-finder]");
  if (!form) return;
  const box = new Finder(root, form);
  root.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      box.open(true);
    }
  });
}

class Finder {
  constructor(root, form) {
    this.root = root;
    this.form = form;
    this.input = form.querySelector("input[type=search]");
    this.panel = form.querySelector(".finder");
    this.list = form.querySelector("[role=listbox]");
    this.state = form.querySelector("[role=status]");
    this.words = form.querySelector("[data-commands]").dataset;
    this.isCommanding = false;
    this.found = "";
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.pressed(event));
    this.input.addEventListener("focus", () => { if (this.input.value) this.typed(); });
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.run(event.target.closest("[role=option]")));
    form.addEventListener("submit", (event) => { if (form.hasAttribute("data-finds-pages")) event.preventDefault(); });
  }

  open(isCommanding) {
    this.isCommanding = isCommanding;
    this.input.focus();
    this.input.select();
    this.found = "";
    this.show();
  }

  close() {
    if (this.input === this.root.activeElement) return;
    this.hide();
    this.isCommanding = false;
  }

  hide() {
    this.panel.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  typed() {
    clearTimeout(this.timer);
    const text = this.input.value.trim();
    this.found = "";
    if (!text && !this.isCommanding) return this.hide();
    this.show();
    if (text.length >= SHORTEST) this.timer = setTimeout(() => this.ask(text), WAIT_MS);
  }

  async ask(text) {
    const body = new FormData(this.form);
    body.set("text", text);
    try {
      const answer = await fetch(this.form.dataset.finder, { method: "POST", body, headers: { "HX-Request": "true" } });
      if (!answer.ok || this.input.value.trim() !== text) return;
      this.found = await answer.text();
      this.show();
    } catch {
      // Offline: commands still work.
    }
  }

  show() {
    const chosen = this.active()?.dataset.label;
    const text = this.input.value.trim().toLowerCase();
    const groups = document.createElement("template");
    groups.innerHTML = this.found;
    this.list.replaceChildren(...commands(this.root, this.form, this.words, text), ...groups.content.children);
    const options = [...this.list.querySelectorAll("[role=option]")];
    options.forEach((option, at) => { option.id = `option-${at}`; option.setAttribute("aria-selected", "false"); });
    this.panel.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.state.textContent = options.length ? this.state.dataset.some.replace("{n}", options.length) : this.state.dataset.none;
    const again = options.find((option) => chosen && option.dataset.label === chosen);
    this.choose(again || (this.isCommanding ? options[0] : null));
  }

  active() {
    return this.list.querySelector("[aria-selected=true]");
  }

  choose(option) {
    this.active()?.setAttribute("aria-selected", "false");
    if (!option) return this.input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  pressed(event) {
    if (event.isComposing) return;
    const options = [...this.list.querySelectorAll("[role=option]")];
    const at = options.indexOf(this.active());
    if (event.key === "Escape" && !this.panel.hidden) {
      event.preventDefault();
      event.stopPropagation();
      this.isCommanding = false;
      return this.hide();
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.panel.hidden) return this.open(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      return this.choose(options[(at + step + options.length + (at < 0 && step < 0 ? 1 : 0)) % options.length]);
    }
    if (event.key === "Enter" && !this.panel.hidden && at >= 0) {
      event.preventDefault();
      this.run(options[at]);
    }
  }

  run(option) {
    if (!option || option.getAttribute("aria-disabled") === "true") return;
    if (option.dataset.href) return location.assign(option.dataset.href);
    this.input.value = "";
    this.hide();
    if (option.dataset.form) return this.root.getElementById(option.dataset.form).requestSubmit();
    activate(option.target || this.root.querySelector(option.dataset.target));
  }
}

function activate(element) {
  if (!element) return;
  if (element.matches("dialog")) return element.showModal();
  element.closest("details:not([open])")?.setAttribute("open", "");
  element.focus();
  if (!element.matches("input, select, textarea")) element.click();
}

function commands(root, form, words, text) {
  const known = new Set();
  return [
    ...group(words.page, [...declared(form), ...keyed(root)], text, known),
    ...group(words.pages, pages(root), text, known),
    ...(text ? group(words.settings, settings(root), text, known) : []),
  ];
}

function group(name, all, text, known) {
  const asked = text.split(/\s+/);
  const fitting = all.filter(({ label, words }) => {
    const said = `${label} ${words || ""}`.toLowerCase();
    return label && !known.has(label) && asked.every((word) => said.includes(word));
  }).filter(({ label }) => !known.has(label) && known.add(label)).slice(0, MOST);
  if (!fitting.length) return [];
  const head = document.createElement("li");
  head.className = "finder-group";
  head.setAttribute("role", "presentation");
  head.textContent = name;
  return [head, ...fitting.map(row)];
}

function row({ label, href, form, selector, target, key, icon, whyNot }) {
  const option = document.createElement("li");
  option.setAttribute("role", "option");
  option.dataset.label = label;
  if (href) option.dataset.href = href;
  if (form) option.dataset.form = form;
  if (selector) option.dataset.target = selector;
  option.target = target;
  if (icon) option.append(icon);
  const words = document.createElement("span");
  words.textContent = label;
  option.append(words);
  if (whyNot) {
    option.setAttribute("aria-disabled", "true");
    option.append(note(whyNot));
  }
  if (key) {
    const mark = document.createElement("kbd");
    mark.textContent = key;
    option.append(mark);
  }
  return option;
}

function note(text) {
  const small = document.createElement("span");
  small.className = "muted small";
  small.textContent = text;
  return small;
}

function declared(form) {
  return [...form.querySelectorAll("[data-commands] li")].map((line) => ({
    label: line.dataset.label, words: line.dataset.words, href: line.dataset.href, form: line.dataset.form, selector: line.dataset.target,
    key: line.dataset.showsKey, whyNot: line.dataset.whyNot, icon: drawn(form, line.dataset.icon),
  }));
}

function keyed(root) {
  return [...root.querySelectorAll("main [data-key], dialog[data-key]")].filter((element) => !element.disabled).map((element) => ({
    label: labelOf(element), key: element.dataset.key, target: element, icon: element.querySelector(":scope > .icon")?.cloneNode(true),
  }));
}

function pages(root) {
  return [...root.querySelectorAll(".rail a")].map((link) => ({
    label: link.querySelector("span")?.textContent, href: link.getAttribute("href"), key: link.dataset.key, icon: link.querySelector(".icon")?.cloneNode(true),
  }));
}

function settings(root) {
  return [...root.querySelectorAll(".menu-group button[aria-pressed=false]")].map((button) => ({
    label: `${button.closest(".menu-group").querySelector(".label").textContent}: ${button.textContent}`, target: button, icon: drawn(root, "settings"),
  }));
}

function drawn(root, name) {
  const icon = (root.querySelector(".rail .icon, .icon"))?.cloneNode(true);
  const use = icon?.querySelector("use");
  use?.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${name || "next"}`));
  return icon;
}

export function labelOf(element) {
  if (element.dataset.label) return element.dataset.label;
  const named = element.getAttribute("aria-label") || (element.labels?.length ? element.labels[0].textContent : "");
  if (named) return named.trim();
  const heading = element.getAttribute("aria-labelledby");
  if (heading) return document.getElementById(heading)?.textContent.trim() || "";
  const copy = element.cloneNode(true);
  copy.querySelectorAll("kbd, .visually-hidden, .icon, .count").forEach((part) => part.remove());
  return copy.textContent.trim().replace(/\s+/g, " ");
}
