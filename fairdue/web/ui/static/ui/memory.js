// What the server keeps while somebody works:
//   form[data-draft="url"]     its text is sent there a second after the last key, and when the page is left;
//                              the answer stands in its [data-draft-state]
//   [data-presence]            says goodbye when the page is left (htmx asks every twenty seconds who is here)
//   [data-expires="30"]        a button that can be used for so many seconds; the seconds left stand in it

const WAIT_MS = 1000;
const NEVER = "[type=hidden], [type=password], [type=file], [data-no-draft]";
const timers = new Map();

export function startMemory(root) {
  root.addEventListener("input", (event) => plan(event.target));
  root.addEventListener("change", (event) => plan(event.target));
  root.addEventListener("submit", (event) => forget(event.target));
  globalThis.addEventListener("pagehide", () => {
    [...timers.keys()].forEach((form) => send(form, true));
    root.querySelectorAll("[data-presence]").forEach(leave);
  });
  root.querySelectorAll("[data-expires]").forEach(countDown);
}

function plan(target) {
  const form = target.form;
  if (!form?.dataset.draft || target.matches(NEVER)) return;
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => send(form, false), WAIT_MS));
}

function forget(form) {
  clearTimeout(timers.get(form));
  timers.delete(form);
}

function token() {
  return document.querySelector("input[name=csrfmiddlewaretoken]")?.value || "";
}

async function send(form, isLeaving) {
  forget(form);
  const body = new FormData();
  for (const field of form.elements) {
    if (!field.name || field.matches(NEVER) || field.matches("button, fieldset")) continue;
    if (["checkbox", "radio"].includes(field.type) && !field.checked) continue;
    body.append(field.name, field.value);
  }
  body.append("csrfmiddlewaretoken", token());
  try {
    const answer = await fetch(form.dataset.draft, { method: "POST", body, keepalive: isLeaving, headers: { "HX-Request": "true" } });
    const state = form.querySelector("[data-draft-state]");
    if (state && (answer.ok || answer.status === 422)) state.textContent = await answer.text();
  } catch {
    // Offline: the text stands in the field; the next key tries again.
  }
}

function leave(element) {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", token());
  navigator.sendBeacon(`${element.getAttribute("hx-post").split("?")[0]}?leave=1`, body);
}

function countDown(button) {
  const end = Date.now() + 1000 * Number(button.dataset.expires);
  const left = document.createElement("span");
  left.className = "muted";
  button.append(left);
  const timer = setInterval(() => {
    const seconds = Math.ceil((end - Date.now()) / 1000);
    left.textContent = `${Math.max(seconds, 0)} s`;
    if (seconds > 0) return;
    clearInterval(timer);
    button.disabled = true;
  }, 1000);
}
