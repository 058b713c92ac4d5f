// A picture in cells: [data-grid] holds links with data-column, data-first and data-last (hours). One of them is
// a stop of the tab key, the arrow keys move on. A cell that is chosen or pointed at is told in the place that its
// data-tell names: its day, its words, and the reasons whose letters stand in data-whys.
// Without this file every link is a stop of its own and leads to its reasons.

export function startGrid(root) {
  root.querySelectorAll("[data-grid]").forEach((grid) => {
    const cells = [...grid.querySelectorAll("[data-column]")];
    cells.forEach((cell, at) => { cell.tabIndex = at ? -1 : 0; });
    grid.addEventListener("keydown", (event) => move(event, cells));
    grid.addEventListener("focusin", (event) => choose(event.target.closest("[data-column]"), cells));
    grid.addEventListener("mouseover", (event) => tell(event.target.closest("[data-tell]")));
  });
}

function choose(cell, cells) {
  if (!cell) return;
  cells.forEach((each) => { each.tabIndex = each === cell ? 0 : -1; });
  tell(cell);
}

function tell(cell) {
  if (!cell) return;
  const place = document.querySelector(cell.dataset.tell);
  const day = document.createElement("p");
  day.className = "strong";
  day.textContent = cell.dataset.day;
  const parts = [...cell.querySelectorAll(".cal-part")].map((part) => part.cloneNode(true));
  place.replaceChildren(day, ...parts, ...cell.dataset.whys.split(" ").filter(Boolean).flatMap(reasons));
}

function reasons(letter) {
  const why = document.getElementById(`why-${letter}`);
  return why ? [...why.children].slice(1).map((child) => child.cloneNode(true)) : [];
}

function move(event, cells) {
  const cell = event.target.closest("[data-column]");
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  if (!cell || !steps[event.key]) return;
  const [across, down] = steps[event.key];
  const next = across ? beside(cell, cells, across) : below(cell, cells, down);
  event.preventDefault();
  next?.focus();
}

function beside(cell, cells, across) {
  const column = Number(cell.dataset.column) + across;
  const first = Number(cell.dataset.first);
  const others = cells.filter((each) => Number(each.dataset.column) === column);
  return others.find((each) => Number(each.dataset.first) <= first && first < Number(each.dataset.last)) || others[0];
}

function below(cell, cells, down) {
  const mine = cells.filter((each) => each.dataset.column === cell.dataset.column);
  mine.sort((a, b) => Number(a.dataset.first) - Number(b.dataset.first));
  return mine[mine.indexOf(cell) + down];
}
