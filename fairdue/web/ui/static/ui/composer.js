// The composer of a case:
//   [data-tab="#id"]           shows one part of the composer and hides its siblings ([data-tab-part]); with hx-get the part is fetched
//   [data-focus="#id"]         … and what gets the focus then
//   textarea[data-phrases]     "::" and some letters list the text modules of [data-phrase-url]; arrows choose, Enter puts in
//   [data-since="ISO"]         counts the minutes and seconds of a call

const MARK = /::([^\s:]{0,20})$/u;
const LISTED = 8;
const known = new Map();
let list = null;

export function startComposer(root) {
  root.addEventListener("click", onTab);
  root.addEventListener("htmx:after:swap", () => focusPart(root));
  root.addEventListener("input", onInput);
  root.addEventListener("keydown", onKey, true);
  root.addEventListener("focusout", (event) => { if (list && event.target === list.field) setTimeout(close, 150); });
  setInterval(() => root.querySelectorAll("[data-since]").forEach(tick), 1000);
}

let wanted = "";

function onTab(event) {
  const tab = event.target.closest("[data-tab]");
  if (!tab) return;
  const part = document.querySelector(tab.dataset.tab);
  if (!part) return;
  event.preventDefault();
  part.parentElement.querySelectorAll(":scope > [data-tab-part]").forEach((each) => { each.hidden = each !== part; });
  tab.parentElement.querySelectorAll("[data-tab]").forEach((each) => each.toggleAttribute("aria-current", each === tab));
  wanted = tab.dataset.focus || "";
  if (!tab.hasAttribute("hx-get")) focusPart(document);
}

function focusPart(root) {
  const field = wanted && root.querySelector(wanted);
  if (!field) return;
  wanted = "";
  field.focus();
}

async function onInput(event) {
  const field = event.target;
  if (!field.dataset?.phrases) return;
  const found = MARK.exec(field.value.slice(0, field.selectionStart));
  if (!found) return close();
  const place = document.querySelector(field.dataset.phrases);
  const every = await phrases(place, field.form);
  if (MARK.exec(field.value.slice(0, field.selectionStart))?.[1] !== found[1]) return;
  show(field, place, every, found[1].toLowerCase());
}

async function phrases(place, form) {
  const key = ["account_id", "locale"].map((name) => form.elements[name]?.value).join(":") + place.dataset.phraseUrl;
  if (!known.has(key)) {
    const answer = await fetch(place.dataset.phraseUrl, { method: "POST", body: new FormData(form) });
    known.set(key, answer.ok ? (await answer.json()).phrases : []);
  }
  return known.get(key);
}

function show(field, place, every, word) {
  close();
  const fitting = every.filter((each) => `${each.code} ${each.title}`.toLowerCase().includes(word)).slice(0, LISTED);
  const box = document.createElement("ul");
  box.className = "phrase-list";
  box.id = "phrase-list";
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", place.dataset.label);
  fitting.forEach((each, at) => box.append(option(each, at)));
  if (!fitting.length) box.append(Object.assign(document.createElement("li"), { className: "muted", textContent: place.dataset.none }));
  place.append(box);
  list = { field, box, fitting, at: 0 };
  field.setAttribute("aria-controls", "phrase-list");
  mark(0);
}

function option(each, at) {
  const line = document.createElement("li");
  line.id = `phrase-${at}`;
  line.setAttribute("role", "option");
  const code = Object.assign(document.createElement("strong"), { textContent: `::${each.code}` });
  const text = Object.assign(document.createElement("span"), { className: "muted", textContent: ` ${each.title} · ${each.text.slice(0, 60)}` });
  line.append(code, text);
  line.addEventListener("mousedown", (event) => { event.preventDefault(); mark(at); put(); });
  return line;
}

function onKey(event) {
  if (!list || event.target !== list.field || !list.fitting.length) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    mark((list.at + (event.key === "ArrowDown" ? 1 : -1) + list.fitting.length) % list.fitting.length);
  } else if ((event.key === "Enter" && !event.ctrlKey) || event.key === "Tab") {
    event.preventDefault();
    put();
  } else if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    close();
  }
}

function mark(at) {
  list.at = at;
  [...list.box.children].forEach((line, place) => line.setAttribute("aria-selected", String(place === at)));
  list.field.setAttribute("aria-activedescendant", `phrase-${at}`);
}

function put() {
  const { field, fitting, at } = list;
  const chosen = fitting[at];
  const before = field.value.slice(0, field.selectionStart).replace(MARK, "");
  const rest = field.value.slice(field.selectionStart);
  field.value = before + chosen.text + rest;
  field.selectionStart = field.selectionEnd = before.length + chosen.text.length;
  const subject = field.form.elements.subject;
  if (chosen.subject && subject && !subject.value) subject.value = chosen.subject;
  close();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function close() {
  if (!list) return;
  list.field.removeAttribute("aria-activedescendant");
  list.field.removeAttribute("aria-controls");
  list.box.remove();
  list = null;
}

function tick(element) {
  const seconds = Math.max(0, Math.floor((Date.now() + 1000 * Number(element.dataset.offset || 0) - Date.parse(element.dataset.since)) / 1000));
  const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  if (element.textContent !== text) element.textContent = text;
}
