// A part of a page that stays fresh: [data-live="url"] with data-every seconds.
// It asks only while the page is seen, never while somebody works inside it, and says politely when figures changed:
// the text of the answer's [data-said] goes to [data-live-said], which is a status region.

const MS = 1000;

function start(part) {
  let timer = 0;
  const plan = () => {
    clearTimeout(timer);
    if (document.visibilityState === "visible") timer = setTimeout(ask, Number(part.dataset.every || 30) * MS);
  };
  const ask = async () => {
    if (part.contains(document.activeElement) && document.activeElement !== part) return plan();
    try {
      const answer = await fetch(part.dataset.live, { headers: { "HX-Request": "true" } });
      const way = answer.headers.get("HX-Redirect");
      if (way) return void globalThis.location.assign(way);
      if (answer.ok) show(part, await answer.text());
    } catch {
      // Offline: what stands there stays, with its time; the next turn tries again.
    }
    return plan();
  };
  document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? ask() : clearTimeout(timer)));
  plan();
}

function show(part, text) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const said = fresh.querySelector("[data-said]")?.textContent.trim() || "";
  part.replaceChildren(...fresh.body.childNodes);
  globalThis.htmx?.process(part);
  const place = document.querySelector("[data-live-said]");
  if (place && said && place.textContent !== said) place.textContent = said;
}

document.querySelectorAll("[data-live]").forEach(start);
