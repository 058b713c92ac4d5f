// Small form behaviour by attributes:
//   data-shows-when="#select:value,value"  a part that belongs to some choices of a select
//   data-choose="#select:value"            a button that sets a select and moves on to data-then
//   data-open / data-close                 buttons of a dialog
//   data-submit-on-change                  a filter form that sends itself
//   data-hide-after="60"                   seconds after which a revealed value is masked again (data-masked)
//   data-clock="Asia/Shanghai"             a clock in somebody's time zone
//   data-print                             a button that prints
//   data-working                           a word that appears while a form is being sent

export function startForms(root) {
  root.addEventListener("change", onChange);
  root.addEventListener("click", onClick);
  root.addEventListener("submit", lockAgainstSecondSend);
  root.addEventListener("htmx:after:swap", () => refresh(root));
  root.addEventListener("toggle", focusOpened, true);
  globalThis.addEventListener("pageshow", () => unlock(root));
  setInterval(() => tick(root), 1000);
  refresh(root);
}

function refresh(root) {
  root.querySelectorAll("[data-shows-when]").forEach(showPart);
  root.querySelectorAll("[data-hide-after]:not([data-hides-at])").forEach((element) => {
    element.dataset.hidesAt = String(Date.now() + 1000 * Number(element.dataset.hideAfter));
  });
  tick(root);
}

function showPart(part) {
  const [selector, values] = halves(part.dataset.showsWhen);
  const visible = values.split(",").includes(document.querySelector(selector)?.value);
  part.hidden = !visible;
  if ("disabled" in part) part.disabled = !visible;
}

function halves(text) {
  const at = text.indexOf(":");
  return [text.slice(0, at), text.slice(at + 1)];
}

function onChange(event) {
  const { target } = event;
  if (target.form?.hasAttribute("data-submit-on-change")) target.form.requestSubmit();
  document.querySelectorAll("[data-shows-when]").forEach(showPart);
}

function onClick(event) {
  const button = event.target.closest("[data-choose], [data-open], [data-close], [data-print], [aria-disabled=true]");
  if (!button) return;
  if (button.getAttribute("aria-disabled") === "true") event.preventDefault();
  if (button.hasAttribute("data-print")) globalThis.print();
  if (button.dataset.open) document.querySelector(button.dataset.open)?.showModal();
  if (button.hasAttribute("data-close")) button.closest("dialog")?.close();
  if (button.dataset.choose) choose(button);
}

function choose(button) {
  const [selector, value] = halves(button.dataset.choose);
  const select = document.querySelector(selector);
  select.value = value;
  select.dispatchEvent(new Event("change", { bubbles: true }));
  const next = document.querySelector(button.dataset.then);
  next?.focus();
  next?.select?.();
}

function lockAgainstSecondSend(event) {
  const { target } = event;
  if (event.defaultPrevented || target.method === "dialog" || target.method === "get") return;
  if (target.dataset.sent) return event.preventDefault();
  if (target.hasAttribute("hx-post")) return;
  target.dataset.sent = "yes";
  showWork(target, true);
}

function showWork(form, isWorking) {
  const word = form.querySelector("[data-working]");
  if (!word) return;
  word.hidden = !isWorking;
  form.querySelectorAll("button").forEach((button) => button.setAttribute("aria-disabled", String(isWorking)));
}

function unlock(root) {
  root.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    showWork(form, false);
  });
}

function focusOpened(event) {
  if (event.target.matches?.("details.reveal[open]")) event.target.querySelector("input:not([type=hidden]), select")?.focus();
}

function tick(root) {
  root.querySelectorAll("[data-hides-at]").forEach((element) => {
    if (Date.now() < Number(element.dataset.hidesAt)) return;
    const masked = document.createElement("span");
    masked.textContent = element.dataset.masked;
    element.replaceWith(masked);
  });
  root.querySelectorAll("[data-clock]").forEach((element) => {
    const shifted = new Date(Date.now() + 1000 * Number(element.dataset.offset || 0));
    const text = shifted.toLocaleTimeString("en-GB", { timeZone: element.dataset.clock, hour: "2-digit", minute: "2-digit" });
    if (element.textContent !== text) element.textContent = text;
  });
}
