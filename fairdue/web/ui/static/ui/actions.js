// The actions of a case by attributes:
//   details.action             moves the focus into its form when it opens or has come, to what is wrong if something is
//   [aria-invalid=true]        what is wrong in a form that came back gets the focus
//   data-copy="#id"            a button that copies a field and says so with data-copied
//   data-select                a field that is selected whole when it gets the focus

export function startActions(root) {
  root.addEventListener("toggle", focusForm, true);
  root.addEventListener("htmx:after:swap", () => { const open = document.activeElement?.closest("details.action[open]"); if (open) enter(open); });
  root.addEventListener("click", copy);
  root.addEventListener("focusin", (event) => { if (event.target.matches("[data-select]")) event.target.select(); });
  root.querySelectorAll("details.action[open]").forEach(enter);
  if (root.activeElement === root.body) root.querySelector("#main [aria-invalid=true]")?.focus();
}

function focusForm(event) {
  if (event.target.matches?.("details.action[open]")) enter(event.target);
}

function enter(details) {
  const target = details.querySelector("[aria-invalid=true]") || details.querySelector("input:not([type=hidden]), select, textarea, button");
  if (!details.contains(document.activeElement) || document.activeElement.matches("summary")) target?.focus();
}

async function copy(event) {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.querySelector(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    document.execCommand("copy");
  }
  button.querySelector("span").textContent = button.dataset.copied;
}
