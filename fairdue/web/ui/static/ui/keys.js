// Keyboard: an element says by data-key="g q" (a key or two keys in a row) how it is reached. Single keys
// work outside inputs only, and not at all when the person switched them off (body[data-keys="off"], WCAG 2.1.4).
// While a form that was asked for is on its way ([data-awaited]) keys do nothing: what is typed was meant for it.

const SEQUENCE_MS = 1000;
const EDITABLE = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

let pending = "";
let pendingTimer = 0;

export function startKeys(root) {
  root.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return submitForm(event);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && event.target.matches(EDITABLE)) return event.target.blur();
    if (event.target.closest(EDITABLE) || root.body.dataset.keys === "off" || root.querySelector("dialog[open]")) return;
    if (root.querySelector("[data-awaited].htmx-request") && (event.key.length === 1 || event.key === "Enter")) return event.preventDefault();
    handle(root, event);
  });
}

function handle(root, event) {
  if (event.key === "j" || event.key === "k") return moveRow(root, event);
  if (event.key === "x" && !pending) return chooseRow(root, event);
  const typed = pending ? `${pending} ${event.key}` : event.key;
  const target = root.querySelector(`[data-key="${CSS.escape(typed)}"]`);
  reset();
  if (target) {
    event.preventDefault();
    activate(target);
  } else if (root.querySelector(`[data-key^="${CSS.escape(event.key)} "]`)) {
    pending = event.key;
    pendingTimer = setTimeout(reset, SEQUENCE_MS);
  }
}

function chooseRow(root, event) {
  const box = root.activeElement.closest("tr")?.querySelector("input[type=checkbox]");
  if (!box) return;
  event.preventDefault();
  box.click();
}

function reset() {
  pending = "";
  clearTimeout(pendingTimer);
}

function activate(element) {
  if (element.matches("dialog")) return element.showModal();
  if (element.matches(EDITABLE)) {
    element.focus();
    element.select?.();
    return;
  }
  element.focus();
  if (!element.disabled && element.getAttribute("aria-disabled") !== "true") element.click();
}

function submitForm(event) {
  const form = event.target.closest("form");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
}

function moveRow(root, event) {
  const links = [...root.querySelectorAll("[data-rows] [data-row-link]")];
  if (!links.length) return;
  const at = links.indexOf(root.activeElement);
  const step = event.key === "j" ? 1 : -1;
  const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1);
  event.preventDefault();
  links[next].focus();
  links[next].scrollIntoView({ block: "nearest" });
}
