// The sheet of keys: filled from what the page really has. [data-keys-of="selector"] lists the elements with a
// data-key; a line with data-when="selector" is shown only where such an element exists.
import { labelOf } from "./finder.js";

export function startSheet(root) {
  const sheet = root.getElementById("key-sheet");
  if (!sheet) return;
  fill(root, sheet);
  root.addEventListener("htmx:after:swap", () => fill(root, sheet));
}

function fill(root, sheet) {
  sheet.querySelectorAll("[data-keys-of]").forEach((place) => {
    const seen = new Map();
    root.querySelectorAll(place.dataset.keysOf).forEach((element) => {
      const label = labelOf(element);
      if (label && !seen.has(element.dataset.key)) seen.set(element.dataset.key, label);
    });
    place.replaceChildren(...[...seen].map(line));
    place.parentElement.hidden = !seen.size;
  });
  sheet.querySelectorAll("[data-when]").forEach((each) => { each.hidden = !root.querySelector(each.dataset.when); });
}

function line([key, label]) {
  const row = document.createElement("div");
  const term = document.createElement("dt");
  const mark = document.createElement("kbd");
  const words = document.createElement("dd");
  mark.textContent = key;
  words.textContent = label;
  term.append(mark);
  row.append(term, words);
  return row;
}
