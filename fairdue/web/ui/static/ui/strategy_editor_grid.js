// The grid of one decision table: moves, ranges, typing, clipboard and rows, as spreadsheets do it.
// It shows what `host.table()` says and asks the host for every change; a change comes back through `show()`.
import { el, fill, freeId, fromTsv, halfWidth, rowIds, toTsv } from "./strategy_editor_text.js";

export class Grid {
  constructor(host, place) {
    this.host = host;
    this.words = host.words;
    this.active = { row: 0, col: 0 };
    this.anchor = { row: 0, col: 0 };
    this.trs = [];
    this.marked = [];
    this.editing = null;
    this.isLeaving = false;
    this.head = el("thead");
    this.body = el("tbody");
    this.cols = el("colgroup");
    this.element = el("table", { className: "sheet", role: "grid", "aria-multiselectable": "true", "aria-labelledby": "editor-table-title", "aria-describedby": "editor-keys" }, this.cols, this.head, this.body);
    place.append(this.element);
    this.wrap = place;
    for (const [event, act] of Object.entries({
      keydown: this.onKey, mousedown: this.onMouseDown, mouseover: this.onMouseOver, dblclick: this.onDoubleClick,
      click: this.onClick, copy: this.onCopy, cut: this.onCut, paste: this.onPaste, focusin: this.onFocus,
      dragstart: this.onDragStart, dragover: this.onDragOver, drop: this.onDrop, dragend: this.onDragEnd,
    })) this.element.addEventListener(event, act.bind(this));
  }

  // ------------------------------------------------------------------ what is shown
  show() {
    const table = this.host.table();
    if (this.columnsOf !== table.columns || this.tableId !== table.decision_id) this.showHead(table);
    const known = new Map(this.trs.map((tr) => [tr.rowData, tr]));
    const next = table.rows.map((row) => known.get(row) || this.buildRow(row));
    const isSamePlaces = next.length === this.trs.length && next.every((tr, at) => tr === this.trs[at] || !this.trs.includes(tr));
    const hadFocus = this.element.contains(document.activeElement);
    if (isSamePlaces) next.forEach((tr, at) => { if (tr !== this.trs[at]) this.trs[at].replaceWith(tr); });
    else this.arrange(next);
    this.trs = next;
    this.byId = new Map(next.map((tr) => [tr.rowData.row_id, tr]));
    next.forEach((tr, at) => { if (tr.place !== at) this.place(tr, at); });
    this.element.setAttribute("aria-rowcount", String(table.rows.length + 2));
    this.clamp();
    this.mark(hadFocus);
  }

  // Only rows that change their place are touched: putting all of them in anew takes a tenth of a second for 500.
  arrange(next) {
    const wanted = new Set(next);
    for (const tr of this.trs) if (!wanted.has(tr)) tr.remove();
    let here = this.body.firstChild;
    for (const tr of next) {
      if (tr === here) here = here.nextSibling;
      else this.body.insertBefore(tr, here);
    }
  }

  showHead(table) {
    this.tableId = table.decision_id;
    this.columnsOf = table.columns;
    this.trs = [];
    this.body.replaceChildren();
    const { words } = this;
    const [own, other] = this.host.isChinese ? ["zh", "en"] : ["en", "zh"];
    const title = (language) => ({ key: `#${language}`, kind: "title", language, label: words[`title_${language}`] });
    this.columns = [
      title(own),
      ...(this.host.hasStages(table) ? [{ key: "#stage", kind: "stage", label: words.stage }] : []),
      ...table.columns.map((column) => ({ ...column, key: `${column.kind}:${column.name}`, label: this.host.label(column) })),
      title(other),
    ];
    const whens = table.columns.filter((column) => column.kind === "when").length;
    const firsts = this.columns.length - table.columns.length - 1;
    this.cols.replaceChildren(el("col", { className: "w-no" }), ...this.columns.map((column) => el("col", { className: column.kind === "title" ? "w-title" : "w-cell" })));
    const band = (text, span, name) => span ? el("th", { colSpan: span, scope: "colgroup", className: `band ${name}` }, text) : null;
    const bands = [el("td", { className: "band" }), band(words.row, firsts, ""), band(words.if, whens, "band-if"), band(words.then, table.columns.length - whens, "band-then"), band(words.row, 1, "")];
    const names = [el("th", { scope: "col", className: "corner" }, words.no), ...this.columns.map((column) => this.headCell(column))];
    this.head.replaceChildren(el("tr", {}, ...bands.filter(Boolean)), el("tr", {}, ...names));
    this.element.setAttribute("aria-colcount", String(this.columns.length + 1));
    this.active = { row: 0, col: 0 };
    this.anchor = { ...this.active };
  }

  headCell(column) {
    const name = column.name && column.name !== column.label ? el("span", { className: "mono small muted" }, column.name) : null;
    const type = column.type_name ? el("span", { className: "small muted" }, column.expression ? `= ${column.expression}` : this.host.typeWord(column.type_name)) : null;
    return el("th", { scope: "col", className: column.kind === "then" ? "is-then" : "" }, el("span", {}, column.label), name, type);
  }

  buildRow(row) {
    const number = el("th", { scope: "row", className: "row-no", draggable: true, title: row.row_id });
    const tr = el("tr", {}, number, ...this.columns.map((column, col) => this.buildCell(row, column, col)));
    tr.rowData = row;
    return tr;
  }

  buildCell(row, column, col) {
    const text = this.text(row, column);
    const cell = el("td", { tabIndex: -1, className: column.kind === "then" ? "is-then" : "", "aria-colindex": String(col + 2) }, text || this.hint(column));
    if (!text) cell.classList.add("is-blank");
    if (this.host.problem(this.tableId, row.row_id, column.key)) this.showProblem(cell, "wrong");
    return cell;
  }

  showProblem(cell, problem) {
    cell.classList.toggle("is-wrong", Boolean(problem));
    if (problem) cell.setAttribute("aria-invalid", "true");
    else cell.removeAttribute("aria-invalid");
  }

  // `places` are the rows and columns of this table where something is wrong.
  showProblems(places) {
    for (const cell of this.body.querySelectorAll(".is-wrong")) this.showProblem(cell, "");
    for (const [rowId, key] of places) {
      const cell = this.byId?.get(rowId)?.children[this.columns.findIndex((column) => column.key === key) + 1];
      if (cell?.matches("td")) this.showProblem(cell, "wrong");
    }
    this.tell();
  }

  place(tr, at) {
    tr.place = at;
    tr.setAttribute("aria-rowindex", String(at + 3));
    tr.firstChild.textContent = String(at + 1);
  }

  hint(column) {
    if (column.kind === "when") return "–";
    return column.kind === "then" && column.default ? column.default : "";
  }

  text(row, column) {
    if (column.kind === "title") return row[column.language] || "";
    if (column.kind === "stage") return row.stage || "";
    return row.cells[column.key] || "";
  }

  withText(row, column, text) {
    if (column.kind === "title") return { ...row, [column.language]: text };
    if (column.kind === "stage") return { ...row, stage: text };
    const cells = { ...row.cells };
    if (text) cells[column.key] = text;
    else delete cells[column.key];
    return { ...row, cells };
  }

  typed(text, column) {
    if (column.kind === "when") return halfWidth(text);
    return column.kind === "then" && ["integer", "number", "boolean"].includes(column.type_name) ? halfWidth(text) : text.trim();
  }

  // ------------------------------------------------------------------ where we are
  get rows() { return this.host.table().rows; }

  cell(at) { return this.trs[at.row]?.children[at.col + 1]; }

  clamp() {
    const last = { row: Math.max(this.rows.length - 1, 0), col: this.columns.length - 1 };
    for (const at of [this.active, this.anchor]) {
      at.row = Math.min(Math.max(at.row, 0), last.row);
      at.col = Math.min(Math.max(at.col, 0), last.col);
    }
  }

  range() {
    const [top, bottom] = [this.active.row, this.anchor.row].sort((a, b) => a - b);
    const [left, right] = [this.active.col, this.anchor.col].sort((a, b) => a - b);
    return { top, bottom, left, right };
  }

  mark(takeFocus) {
    for (const cell of this.marked) {
      cell.removeAttribute("aria-selected");
      cell.tabIndex = -1;
    }
    const { top, bottom, left, right } = this.range();
    this.marked = [];
    for (let row = top; row <= bottom; row += 1) {
      for (let col = left; col <= right; col += 1) {
        const cell = this.cell({ row, col });
        if (!cell) continue;
        cell.setAttribute("aria-selected", "true");
        this.marked.push(cell);
      }
    }
    const here = this.cell(this.active);
    if (!here) return;
    here.tabIndex = 0;
    if (takeFocus && document.activeElement !== here) here.focus({ preventScroll: true });
    if (takeFocus) this.reveal(here);
    this.tell();
  }

  reveal(cell) {
    const wrap = this.wrap.getBoundingClientRect();
    const box = cell.getBoundingClientRect();
    const top = wrap.top + this.head.offsetHeight;
    const [number, title] = cell.parentNode.children;
    const left = wrap.left + number.offsetWidth + (cell === title ? 0 : title.offsetWidth);
    if (box.top < top) this.wrap.scrollTop -= top - box.top;
    else if (box.bottom > wrap.bottom) this.wrap.scrollTop += box.bottom - wrap.bottom + 14;
    if (cell !== title && box.left < left) this.wrap.scrollLeft -= left - box.left;
    else if (box.right > wrap.right) this.wrap.scrollLeft += box.right - wrap.right + 14;
  }

  tell() {
    const row = this.rows[this.active.row];
    if (!row) return this.host.tell(null);
    const column = this.columns[this.active.col];
    const { top, bottom, left, right } = this.range();
    return this.host.tell({
      row, column, number: this.active.row + 1, text: this.text(row, column),
      problem: this.host.problem(this.tableId, row.row_id, column.key), size: (bottom - top + 1) * (right - left + 1),
    });
  }

  goTo(row, col, isExtending = false) {
    this.active = { row, col };
    if (!isExtending) this.anchor = { row, col };
    this.clamp();
    if (!isExtending) this.anchor = { ...this.active };
    this.isLeaving = false;
    this.mark(true);
  }

  jump(rowId, key) {
    const row = this.rows.findIndex((each) => each.row_id === rowId);
    const col = this.columns.findIndex((column) => column.key === key || column.name === key);
    if (row >= 0) this.goTo(row, Math.max(col, 0));
    this.cell(this.active)?.scrollIntoView({ block: "nearest" });
  }

  // ------------------------------------------------------------------ keys
  onKey(event) {
    if (this.editing) return this.onEditKey(event);
    if (event.key === "Process" || event.keyCode === 229) return this.edit("");
    const isCommand = event.ctrlKey || event.metaKey;
    const name = `${isCommand ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${event.key.length === 1 ? event.key.toLowerCase() : event.key}`;
    const act = this.commands(event)[name];
    if (event.key === "Tab") return this.onTab(event);
    if (act) {
      event.preventDefault();
      act();
    } else if (event.key.length === 1 && !isCommand && !event.altKey) {
      event.preventDefault();
      this.edit(event.key);
    }
    return undefined;
  }

  commands(event) {
    const more = event.shiftKey;
    const { row, col } = this.active;
    const lastRow = this.rows.length - 1;
    const lastCol = this.columns.length - 1;
    return {
      ArrowUp: () => this.goTo(row - 1, col, more), ArrowDown: () => this.goTo(row + 1, col, more),
      ArrowLeft: () => this.goTo(row, col - 1, more), ArrowRight: () => this.goTo(row, col + 1, more),
      "Ctrl+ArrowUp": () => this.goTo(0, col, more), "Ctrl+ArrowDown": () => this.goTo(lastRow, col, more),
      "Ctrl+ArrowLeft": () => this.goTo(row, 0, more), "Ctrl+ArrowRight": () => this.goTo(row, lastCol, more),
      "Alt+ArrowUp": () => this.moveRows(-1), "Alt+ArrowDown": () => this.moveRows(1),
      Home: () => this.goTo(row, 0, more), End: () => this.goTo(row, lastCol, more),
      "Ctrl+Home": () => this.goTo(0, 0, more), "Ctrl+End": () => this.goTo(lastRow, lastCol, more),
      PageUp: () => this.goTo(row - 12, col, more), PageDown: () => this.goTo(row + 12, col, more),
      Enter: () => this.goTo(row + (more ? -1 : 1), col), F2: () => this.edit(null),
      Delete: () => this.clear(), Backspace: () => this.clear(), Escape: () => this.leave(),
      Insert: () => this.addRow(1), "Ctrl+Delete": () => this.deleteRows(), "Ctrl+d": () => (more ? this.duplicateRows() : this.fillDown()),
      "Ctrl+a": () => { this.anchor = { row: 0, col: 0 }; this.active = { row: lastRow, col: lastCol }; this.mark(true); },
      "Ctrl+z": () => (more ? this.host.redo() : this.host.undo()), "Ctrl+y": () => this.host.redo(),
    };
  }

  // The tab key moves like the arrow keys; at the last cell, and after Escape, it leaves the table.
  onTab(event) {
    const step = event.shiftKey ? -1 : 1;
    const { row, col } = this.active;
    const at = row * this.columns.length + col + step;
    if (this.isLeaving || at < 0 || at >= this.rows.length * this.columns.length) return;
    event.preventDefault();
    this.goTo(Math.floor(at / this.columns.length), at % this.columns.length);
  }

  leave() {
    this.anchor = { ...this.active };
    this.mark(true);
    this.isLeaving = true;
    this.host.announce(this.words.leave);
  }

  onFocus(event) {
    const cell = event.target.closest("td[tabindex]");
    if (!cell || this.editing) return;
    const at = { row: cell.parentNode.place, col: [...cell.parentNode.children].indexOf(cell) - 1 };
    if (at.row === this.active.row && at.col === this.active.col) return;
    this.active = at;
    this.anchor = { ...at };
    this.mark(false);
  }

  // ------------------------------------------------------------------ typing
  edit(start) {
    const row = this.rows[this.active.row];
    if (!row) return;
    const column = this.columns[this.active.col];
    const cell = this.cell(this.active);
    const before = this.text(row, column);
    const isLong = column.kind === "title";
    const list = isLong ? "" : this.host.suggestions(column);
    const input = el(isLong ? "textarea" : "input", { className: "cell-input", value: start ?? before, autocomplete: "off", spellcheck: false, "aria-label": fill(this.words.editing, { column: column.label, row: this.active.row + 1 }) });
    if (list) input.setAttribute("list", list);
    input.setAttribute("aria-describedby", "editor-told");
    this.editing = { input, cell, column, row, before, isTyped: start !== null, at: { ...this.active } };
    cell.replaceChildren(input);
    input.addEventListener("input", () => this.host.checkSoon(this.tableId, row, column, input.value));
    input.addEventListener("blur", () => { if (this.editing?.input === input) this.commit(0, 0, false); });
    input.focus();
    input.setSelectionRange?.(input.value.length, input.value.length);
  }

  onEditKey(event) {
    const { input, isTyped } = this.editing;
    event.stopPropagation();
    if (event.isComposing) return;
    const step = event.shiftKey ? -1 : 1;
    if (event.key === "Escape") this.cancel();
    else if (event.key === "Enter" && event.altKey && input.matches("textarea")) input.setRangeText("\n", input.selectionStart, input.selectionEnd, "end");
    else if (event.key === "Enter") this.commit(step, 0);
    else if (event.key === "Tab") this.commit(0, step);
    else if (isTyped && !input.list && event.key === "ArrowDown") this.commit(1, 0);
    else if (isTyped && !input.list && event.key === "ArrowUp") this.commit(-1, 0);
    else if (isTyped && event.key === "ArrowLeft") this.commit(0, -1);
    else if (isTyped && event.key === "ArrowRight") this.commit(0, 1);
    else return;
    event.preventDefault();
  }

  close() {
    const { cell, row, column } = this.editing;
    this.editing = null;
    cell.replaceChildren(this.text(row, column) || this.hint(column));
  }

  cancel() {
    const { row, column } = this.editing;
    this.close();
    this.host.checkNow(this.tableId, [[row, column]]);
    this.mark(true);
  }

  commit(down, across, takeFocus = true) {
    const { input, row, column, before, at } = this.editing;
    const text = this.typed(input.value, column);
    this.close();
    if (text !== before) this.change([[at.row, column, text]], this.words.changed);
    if (takeFocus) this.goTo(at.row + down, at.col + across);
  }

  // ------------------------------------------------------------------ changes
  change(cells, said, newRows = []) {
    const rows = [...this.rows, ...newRows];
    const changed = [];
    for (const [at, column, text] of cells) {
      if (this.text(rows[at], column) === text) continue;
      rows[at] = this.withText(rows[at], column, text);
      changed.push([at, column]);
    }
    if (!changed.length && !newRows.length) return;
    this.host.change((table) => ({ ...table, rows }), said);
    this.host.checkNow(this.tableId, changed.map(([at, column]) => [rows[at], column]));
  }

  clear() {
    const { top, bottom, left, right } = this.range();
    const cells = [];
    for (let row = top; row <= bottom; row += 1) for (let col = left; col <= right; col += 1) cells.push([row, this.columns[col], ""]);
    this.change(cells, this.words.cleared);
  }

  fillDown() {
    const { top, bottom, left, right } = this.range();
    const cells = [];
    for (let row = top + 1; row <= bottom; row += 1) for (let col = left; col <= right; col += 1) cells.push([row, this.columns[col], this.text(this.rows[top], this.columns[col])]);
    this.change(cells, this.words.filled);
  }

  onCopy(event) {
    if (this.editing) return;
    const { top, bottom, left, right } = this.range();
    const columns = this.columns.slice(left, right + 1);
    const rows = this.rows.slice(top, bottom + 1).map((row) => columns.map((column) => this.text(row, column)));
    event.clipboardData.setData("text/plain", toTsv(rows));
    event.preventDefault();
    this.host.announce(fill(this.words.copied, { rows: rows.length, columns: columns.length }));
  }

  onCut(event) {
    if (this.editing) return;
    this.onCopy(event);
    this.clear();
  }

  // What stands below the last row becomes new rows; what stands right of the last column is not taken.
  onPaste(event) {
    if (this.editing) return;
    event.preventDefault();
    const given = fromTsv(event.clipboardData.getData("text/plain"));
    const { top, bottom, left, right } = this.range();
    const isOne = given.length === 1 && given[0].length === 1;
    const height = isOne ? bottom - top + 1 : given.length;
    const width = isOne ? right - left + 1 : Math.max(...given.map((row) => row.length));
    const taken = rowIds(this.host.book);
    const newRows = [];
    while (top + height > this.rows.length + newRows.length) newRows.push(this.newRow(taken));
    const cells = [];
    for (let row = 0; row < height; row += 1) {
      for (let col = 0; col < width && left + col < this.columns.length; col += 1) {
        const column = this.columns[left + col];
        cells.push([top + row, column, this.typed(isOne ? given[0][0] : given[row][col] ?? "", column)]);
      }
    }
    const over = Math.max(left + width - this.columns.length, 0);
    this.change(cells, fill(over ? this.words.pasted_cut : this.words.pasted, { rows: height, columns: width - over, over }), newRows);
    this.anchor = { row: top, col: left };
    this.active = { row: top + height - 1, col: Math.min(left + width, this.columns.length) - 1 };
    this.mark(true);
  }

  // ------------------------------------------------------------------ rows
  newRow(taken, from = null) {
    const id = freeId(from ? from.row_id : this.tableId, taken);
    taken.add(id);
    return from ? { ...from, row_id: id } : { row_id: id, zh: "", en: "", stage: "", cells: {} };
  }

  addRow(offset) {
    const { top, bottom } = this.range();
    const at = this.rows.length ? (offset > 0 ? bottom + 1 : top) : 0;
    const row = this.newRow(rowIds(this.host.book));
    this.host.change((table) => ({ ...table, rows: table.rows.toSpliced(at, 0, row) }), fill(this.words.row_added, { row: at + 1 }));
    this.goTo(at, this.active.col);
  }

  duplicateRows() {
    const { top, bottom } = this.range();
    const taken = rowIds(this.host.book);
    const copies = this.rows.slice(top, bottom + 1).map((row) => this.newRow(taken, row));
    if (!copies.length) return;
    this.host.change((table) => ({ ...table, rows: table.rows.toSpliced(bottom + 1, 0, ...copies) }), fill(this.words.rows_copied, { count: copies.length }));
    this.goTo(bottom + 1, this.active.col);
  }

  deleteRows() {
    const { top, bottom } = this.range();
    if (!this.rows.length) return;
    this.host.change((table) => ({ ...table, rows: table.rows.toSpliced(top, bottom - top + 1) }), fill(this.words.rows_deleted, { count: bottom - top + 1 }));
    this.goTo(top, this.active.col);
  }

  moveRows(step) {
    const { top, bottom } = this.range();
    this.moveTo(top, bottom, step < 0 ? top - 1 : bottom + 2);
  }

  // Rows from `top` to `bottom` come to stand before the row that is now at `before`.
  moveTo(top, bottom, before) {
    if (before < 0 || before > this.rows.length || (before >= top && before <= bottom + 1)) return this.host.announce(this.words.edge);
    const rows = [...this.rows];
    const moving = rows.splice(top, bottom - top + 1);
    const at = before > bottom ? before - moving.length : before;
    rows.splice(at, 0, ...moving);
    this.host.change((table) => ({ ...table, rows }), fill(this.words.rows_moved, { count: moving.length, row: at + 1 }));
    this.anchor = { row: at, col: this.anchor.col };
    this.active = { row: at + moving.length - 1, col: this.active.col };
    return this.mark(true);
  }

  onDragStart(event) {
    const head = event.target.closest?.(".row-no");
    if (!head) return;
    const at = head.parentNode.place;
    const { top, bottom } = this.range();
    this.dragged = at >= top && at <= bottom ? [top, bottom] : [at, at];
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", head.parentNode.rowData.row_id);
  }

  onDragOver(event) {
    const tr = event.target.closest?.("tbody tr");
    if (!this.dragged || !tr) return;
    event.preventDefault();
    this.element.querySelector(".is-target")?.classList.remove("is-target", "is-below");
    const box = tr.getBoundingClientRect();
    tr.classList.add("is-target");
    tr.classList.toggle("is-below", event.clientY > box.top + box.height / 2);
  }

  onDrop(event) {
    const tr = event.target.closest?.("tbody tr");
    if (!this.dragged || !tr) return;
    event.preventDefault();
    this.moveTo(...this.dragged, tr.place + (tr.classList.contains("is-below") ? 1 : 0));
    this.onDragEnd();
  }

  onDragEnd() {
    this.dragged = null;
    this.element.querySelector(".is-target")?.classList.remove("is-target", "is-below");
  }

  // ------------------------------------------------------------------ mouse
  at(event) {
    const cell = event.target.closest?.("tbody td, tbody th");
    return cell ? { row: cell.parentNode.place, col: [...cell.parentNode.children].indexOf(cell) - 1 } : null;
  }

  onMouseDown(event) {
    const at = this.at(event);
    if (!at || event.button || event.target.closest(".cell-input")) return;
    if (this.editing) this.commit(0, 0, false);
    if (at.col < 0) {
      this.anchor = { row: event.shiftKey ? this.anchor.row : at.row, col: 0 };
      this.active = { row: at.row, col: this.columns.length - 1 };
      this.mark(false);
      return;
    }
    event.preventDefault();
    this.goTo(at.row, at.col, event.shiftKey);
  }

  onClick(event) {
    if (this.at(event)?.col < 0) this.mark(true);
  }

  onMouseOver(event) {
    const at = event.buttons === 1 && !this.dragged && !this.editing ? this.at(event) : null;
    if (at && at.col >= 0) this.goTo(at.row, at.col, true);
  }

  onDoubleClick(event) {
    if (this.at(event)?.col >= 0 && !this.editing) this.edit(null);
  }
}
