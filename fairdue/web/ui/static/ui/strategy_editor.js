// The editor of a strategy's draft. The server gives the draft as a book of texts and takes it back; here is what
// is on screen meanwhile: the steps that can be undone, what is wrong, what is not saved. Nothing is kept in the
// browser. Without this file a draft is changed by its YAML or XLSX file.
import { Grid } from "./strategy_editor_grid.js";
import { columns, settings, wholeStrategy } from "./strategy_editor_columns.js";
import { el, fill, freeId } from "./strategy_editor_text.js";

const CHECK_MS = 300;
const SAVE_MS = 4000;
const STEPS = 200;

class Editor {
  constructor(root, data) {
    Object.assign(this, { root, ...data });
    this.past = [];
    this.future = [];
    this.problems = new Map();
    this.saved = this.book;
    this.sheets = new Map(this.facts.map((fact) => [fact.name, fact]));
    this.token = root.dataset.token;
    const asked = this.book.tables.find((table) => table.decision_id === data.open);
    this.openId = (asked || this.book.tables.find((table) => table.decision_id === this.book.result) || this.book.tables[0])?.decision_id || "";
    this.part = (name) => root.querySelector(`[data-part=${name}]`);
    this.grid = new Grid(this, this.part("grid"));
    this.takeFaults(data.faults);
    root.addEventListener("click", (event) => this.onClick(event));
    root.addEventListener("keydown", (event) => this.onKey(event));
    globalThis.addEventListener("beforeunload", (event) => { if (this.isDirty) event.preventDefault(); });
    this.show();
    if (data.row) this.grid.jump(data.row, data.column);
  }

  // ------------------------------------------------------------------ what the grid asks
  table() { return this.book.tables.find((table) => table.decision_id === this.openId) || { decision_id: "", columns: [], rows: [] }; }

  get isDirty() { return this.book !== this.saved; }

  tableName(table) { return (this.isChinese ? table.zh : table.en) || table.decision_id; }

  typeWord(code) { return this.words.types[code] || code; }

  label(column) {
    const own = this.isChinese ? column.zh : column.en;
    const fact = !column.expression && this.sheets.get(column.name)?.label;
    return own || fact || this.outputWords[column.name] || this.otherLabel(column) || column.name;
  }

  // A condition on the result of another table is called as it is there.
  otherLabel(column) {
    if (column.kind !== "when" || column.expression) return "";
    const maker = this.book.tables.find((table) => table.is_calculation && table.decision_id === column.name);
    if (maker) return this.tableName(maker);
    const made = this.book.tables.flatMap((table) => table.columns).find((each) => each.kind === "then" && each.name === column.name);
    return made ? (this.isChinese ? made.zh : made.en) : "";
  }

  hasStages(table) { return this.book.stages.length > 0 && table.decision_id === this.book.result; }

  problem(tableId, rowId, key) { return this.problems.get(`${tableId}|${rowId}|${key}`) || ""; }

  suggestions(column) {
    let values = [];
    if (column.kind === "stage") values = this.book.stages.map((stage) => stage.name);
    else if (column.type_name === "boolean") values = ["true", "false", ...(column.kind === "when" ? ["-"] : [])];
    else if (column.kind === "then" && column.allowed) values = column.allowed.split(/\s*,\s*/);
    else if (column.kind === "when") values = this.sheets.get(column.name)?.values || this.outputValues(column.name);
    if (!values.length) return "";
    this.part("values").replaceChildren(...values.map((value) => el("option", { value })));
    return this.part("values").id;
  }

  outputValues(name) {
    const found = this.book.tables.flatMap((table) => table.columns).find((column) => column.kind === "then" && column.name === name);
    return found?.allowed && found.type_name === "text" ? found.allowed.split(/\s*,\s*/).map((value) => value.startsWith('"') ? value : `"${value}"`) : [];
  }

  tell(at) {
    const told = this.part("told");
    if (!at) return told.replaceChildren(this.words.no_rows);
    const { row, column, number, text, problem, size } = at;
    const place = fill(this.words.place, { row: number, column: column.label });
    const parts = [el("strong", {}, place), el("span", { className: "mono" }, size > 1 ? fill(this.words.cells, { count: size }) : text || this.words.blank), el("span", { className: "mono small muted" }, row.row_id)];
    if (problem) parts.push(el("span", { className: "error" }, `⚠ ${problem}`));
    return told.replaceChildren(...parts);
  }

  announce(text) {
    this.part("said").textContent = "";
    requestAnimationFrame(() => { this.part("said").textContent = text; });
  }

  // ------------------------------------------------------------------ changes
  change(act, said) {
    const tables = this.book.tables.map((table) => table.decision_id === this.openId ? act(table) : table);
    this.changeBook({ tables }, said);
  }

  changeBook(parts, said) {
    this.past.push(this.book);
    if (this.past.length > STEPS) this.past.shift();
    this.future = [];
    this.book = { ...this.book, ...parts };
    this.after(said);
  }

  undo() { this.step(this.past, this.future, this.words.undone, this.words.nothing_to_undo); }

  redo() { this.step(this.future, this.past, this.words.redone, this.words.nothing_to_redo); }

  step(from, to, said, nothing) {
    if (!from.length) return this.announce(nothing);
    to.push(this.book);
    this.book = from.pop();
    if (!this.book.tables.some((table) => table.decision_id === this.openId)) this.openId = this.book.tables[0]?.decision_id || "";
    return this.after(said);
  }

  after(said) {
    this.show();
    if (said) this.announce(said);
    clearTimeout(this.saveTimer);
    this.saveTimer = setTimeout(() => this.save(), SAVE_MS);
  }

  changeColumn(at, parts) {
    this.change((table) => ({ ...table, columns: table.columns.map((column, each) => each === at ? { ...column, ...parts } : column) }), this.words.changed);
  }

  moveColumn(at, step) {
    this.change((table) => {
      const moved = [...table.columns];
      [moved[at], moved[at + step]] = [moved[at + step], moved[at]];
      return { ...table, columns: moved };
    }, this.words.column_moved);
  }

  removeColumn(at) {
    this.change((table) => {
      const gone = `${table.columns[at].kind}:${table.columns[at].name}`;
      const rows = table.rows.map((row) => {
        const { [gone]: _gone, ...cells } = row.cells;
        return _gone === undefined ? row : { ...row, cells };
      });
      return { ...table, rows, columns: table.columns.filter((_column, each) => each !== at) };
    }, this.words.column_removed);
  }

  addCondition(name) {
    const blank = { kind: "when", zh: "", en: "", expression: "", allowed: "", default: "", otherwise: "" };
    const known = this.types()[name];
    const own = name ? {} : { name: this.freeName("value"), type_name: "number", expression: "0" };
    const column = { ...blank, name, type_name: known || "", ...own };
    this.change((table) => {
      const at = table.columns.filter((each) => each.kind === "when").length;
      return { ...table, columns: table.columns.toSpliced(at, 0, column) };
    }, this.words.column_added);
  }

  addOutput(name) {
    const plain = name.toLowerCase().replace(/[^a-z0-9_]+/g, "_");
    if (!/^[a-z]/.test(plain) || this.types()[plain]) return this.announce(this.words.name_needed);
    const column = { kind: "then", name: plain, type_name: "text", zh: "", en: "", expression: "", allowed: "", default: "", otherwise: "" };
    return this.change((table) => ({ ...table, columns: [...table.columns, column] }), this.words.column_added);
  }

  freeName(stem) {
    const names = new Set(this.table().columns.map((column) => column.name));
    let number = 1;
    while (names.has(`${stem}_${number}`)) number += 1;
    return `${stem}_${number}`;
  }

  addTable(isCalculation) {
    const taken = new Set(this.book.tables.map((table) => table.decision_id));
    const id = freeId(isCalculation ? "value" : "table", taken).replaceAll("-", "_");
    const table = { decision_id: id, zh: "", en: "", is_calculation: isCalculation, type_name: isCalculation ? "number" : "", expression: isCalculation ? "0" : "", hit_policy: isCalculation ? "" : "FIRST", aggregation: "", columns: [], rows: [] };
    this.openId = id;
    this.changeBook({ tables: [...this.book.tables, table] }, this.words.table_added);
  }

  removeTable() {
    const tables = this.book.tables.filter((table) => table.decision_id !== this.openId);
    this.openId = tables[0]?.decision_id || "";
    this.changeBook({ tables }, this.words.table_removed);
  }

  // Facts, and outputs of other decisions: what conditions and expressions may read, with their types.
  types() {
    const found = Object.fromEntries(this.facts.map((fact) => [fact.name, fact.type_name]));
    for (const fact of this.book.facts) found[fact.name] = fact.type_name;
    for (const table of this.book.tables) {
      if (table.is_calculation) found[table.decision_id] = table.type_name;
      else for (const column of table.columns) if (column.kind === "then") found[column.name] = column.type_name;
    }
    return found;
  }

  factGroups(table) {
    const groups = new Map();
    for (const fact of this.facts) groups.set(fact.group, [...(groups.get(fact.group) || []), fact]);
    const others = this.book.tables.filter((each) => each.decision_id !== table.decision_id).flatMap((each) => each.is_calculation
      ? [{ name: each.decision_id, label: this.tableName(each) }]
      : each.columns.filter((column) => column.kind === "then").map((column) => ({ name: column.name, label: this.label(column) })));
    return [...groups, [this.words.other_tables, others]].filter(([_label, facts]) => facts.length);
  }

  // ------------------------------------------------------------------ what is wrong
  checkSoon(tableId, row, column, text) {
    clearTimeout(this.checkTimer);
    const typed = this.grid.withText(row, column, text);
    this.checkTimer = setTimeout(() => this.checkNow(tableId, [[typed, column]]), CHECK_MS);
  }

  // The server reads the cells; typing never waits for it, and an answer that comes late is dropped.
  async checkNow(tableId, cells) {
    clearTimeout(this.checkTimer);
    const asked = cells.filter(([_row, column]) => column.kind === "when" || column.kind === "then").slice(0, 2000);
    if (!asked.length) return;
    const turn = this.turn = (this.turn || 0) + 1;
    const body = { types: this.types(), cells: asked.map(([row, column]) => ({ kind: column.kind, type: column.type_name, text: this.grid.text(row, column), allowed: column.allowed, has_default: Boolean(column.default) })) };
    const answer = await this.send(this.addresses.cell, body);
    if (!answer.ok || (turn !== this.turn && asked.length === 1)) return;
    const { problems } = await answer.json();
    asked.forEach(([row, column], at) => this.setProblem(`${tableId}|${row.row_id}|${column.key}`, problems[at]));
    this.showProblems();
  }

  setProblem(key, text) {
    if (text) this.problems.set(key, text);
    else this.problems.delete(key);
  }

  takeFaults(faults) {
    this.problems.clear();
    this.general = [];
    for (const fault of faults) {
      const table = this.book.tables.find((each) => each.decision_id === fault.decision);
      const column = table?.columns.find((each) => each.name === fault.column && (each.kind === "then" || !table.columns.some((other) => other.kind === "then" && other.name === fault.column)));
      if (fault.row_id && column) this.problems.set(`${fault.decision}|${fault.row_id}|${column.kind}:${column.name}`, fault.text);
      else this.general.push(fault);
    }
  }

  showProblems() {
    this.grid.showProblems([...this.problems.keys()].map((key) => key.split("|")).filter(([id]) => id === this.openId).map(([_id, ...place]) => place));
    const found = [...this.problems].map(([key, text]) => ({ key: key.split("|"), text }));
    const items = found.slice(0, 30).map(({ key: [tableId, rowId, column], text }) => el("li", {}, el("button", { type: "button", className: "btn-link", on: { click: () => { this.open(tableId); this.grid.jump(rowId, column); } } }, `${rowId}, ${column.split(":")[1]}`), ` ${text}`));
    const others = this.general.map((fault) => el("li", {}, [fault.decision, fault.row_id, fault.column].filter(Boolean).join(", "), fault.decision ? ": " : "", fault.text));
    const count = found.length + this.general.length;
    this.part("problems").replaceChildren(...items, ...others);
    this.part("problem-count").textContent = count ? fill(this.words.problem_count, { count }) : this.words.no_problems;
    this.part("problem-box").classList.toggle("has-problems", count > 0);
  }

  // ------------------------------------------------------------------ saving
  send(address, body) {
    return fetch(address, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": this.token }, body: JSON.stringify(body), credentials: "same-origin" }).catch(() => ({ ok: false, status: 0 }));
  }

  async save(more = {}) {
    clearTimeout(this.saveTimer);
    if (this.isSaving) { this.saveTimer = setTimeout(() => this.save(), 500); return; }
    if (!this.isDirty && !more.as_copy) return;
    this.isSaving = true;
    const { book } = this;
    this.showState(this.words.saving, "info");
    const answer = await this.send(this.addresses.save, { book, expected: this.sha256, ...more });
    this.isSaving = false;
    if (answer.status === 409) this.showConflict(await answer.json());
    else if (!answer.ok) this.showState(answer.status ? (await answer.json().catch(() => ({}))).refused || this.words.not_saved : this.words.offline, "stop");
    else this.afterSave(book, await answer.json());
  }

  afterSave(book, { sha256, faults, goto }) {
    if (goto) { this.saved = this.book; globalThis.location.assign(goto); return; }
    this.sha256 = sha256;
    this.saved = book;
    this.showState(this.isDirty ? this.words.unsaved : this.words.saved, this.isDirty ? "wait" : "ok");
    if (this.isDirty) return;
    this.takeFaults(faults);
    this.showProblems();
  }

  showState(text, tone) {
    const state = this.part("state");
    if (state.textContent === text) return;
    state.className = `badge tone-${tone}`;
    state.textContent = text;
  }

  // Another's newer save: both are shown, the newer one stays on the server and ours on the screen until chosen.
  showConflict({ by, at, book, sha256, changes }) {
    this.showState(this.words.conflict, "stop");
    this.theirs = { book, sha256 };
    this.part("conflict-by").textContent = fill(this.words.conflict_by, { by, at });
    this.part("conflict-changes").replaceChildren(...changes.map((text) => el("li", {}, text)));
    const dialog = this.part("conflict");
    if (!dialog.open) dialog.showModal();
  }

  takeTheirs() {
    const { book, sha256 } = this.theirs;
    this.sha256 = sha256;
    this.part("conflict").close();
    if (!book.tables.some((table) => table.decision_id === this.openId)) this.openId = book.result;
    this.changeBook(book, this.words.theirs_taken);
    this.saved = this.book;
    this.save();
    this.showState(this.words.saved, "ok");
  }

  // ------------------------------------------------------------------ the page
  show() {
    const { words } = this;
    const isWhole = this.openId === "";
    const table = this.table();
    const tab = (id, text, extra = "") => el("button", { type: "button", className: "chip", "aria-pressed": String(id === this.openId), "data-act": "open", "data-id": id }, text, extra ? el("span", { className: "muted small" }, extra) : null);
    this.part("tabs").replaceChildren(...this.book.tables.map((each) => tab(each.decision_id, this.tableName(each), each.is_calculation ? "=" : String(each.rows.length))), tab("", words.strategy));
    this.part("table-title").textContent = isWhole ? words.strategy : this.tableName(table);
    const hasGrid = !isWhole && !table.is_calculation;
    this.part("sheet").hidden = !hasGrid;
    this.part("rows").hidden = !hasGrid;
    this.part("settings").hidden = hasGrid && !this.part("settings").open;
    if (hasGrid) this.grid.show();
    const key = JSON.stringify([this.openId, table.columns, table.zh, table.en, table.hit_policy, table.aggregation, table.expression, table.type_name, isWhole && this.book.stages, this.book.zh, this.book.en, this.book.result, this.book.version]);
    if (key !== this.shownKey) this.showPanels(table, isWhole, hasGrid);
    this.shownKey = key;
    this.showProblems();
    if (!this.isSaving) this.showState(this.isDirty ? words.unsaved : words.saved, this.isDirty ? "wait" : "ok");
    this.part("undo").setAttribute("aria-disabled", String(!this.past.length));
    this.part("redo").setAttribute("aria-disabled", String(!this.future.length));
  }

  showPanels(table, isWhole, hasGrid) {
    const focused = document.activeElement?.getAttribute("aria-label");
    const hadFocus = document.activeElement?.closest("details.panel");
    const panel = this.part("settings");
    panel.hidden = false;
    if (!hasGrid) panel.open = true;
    this.part("settings-body").replaceChildren(isWhole ? wholeStrategy(this) : settings(this, table));
    this.part("columns").hidden = !hasGrid;
    if (hasGrid) this.part("columns-body").replaceChildren(columns(this, table));
    if (!hadFocus || document.activeElement !== document.body) return;
    (focused && this.root.querySelector(`[aria-label="${CSS.escape(focused)}"]`) || hadFocus.querySelector("summary")).focus();
  }

  open(id) {
    if (id === this.openId) return;
    this.openId = id;
    this.show();
  }

  onClick(event) {
    const target = event.target.closest("[data-act]");
    if (!target || target.getAttribute("aria-disabled") === "true") return;
    const { grid } = this;
    const acts = {
      open: () => { this.open(target.dataset.id); this.part("tabs").querySelector("[aria-pressed=true]")?.focus(); }, undo: () => this.undo(), redo: () => this.redo(), save: () => this.save(),
      above: () => grid.addRow(0), below: () => grid.addRow(1), duplicate: () => grid.duplicateRows(), delete: () => grid.deleteRows(),
      up: () => grid.moveRows(-1), down: () => grid.moveRows(1), table: () => this.addTable(false), calculation: () => this.addTable(true),
      "remove-table": () => this.removeTable(), theirs: () => this.takeTheirs(), "keep-mine": () => this.save({ as_copy: true }), later: () => this.part("conflict").close(),
    };
    acts[target.dataset.act]?.();
  }

  onKey(event) {
    if (!(event.ctrlKey || event.metaKey)) return;
    const key = event.key.toLowerCase();
    const isTyping = event.target.matches("input, textarea, select");
    if (key === "s") { event.preventDefault(); this.save(); }
    else if (!isTyping && !event.defaultPrevented && key === "z") { event.preventDefault(); if (event.shiftKey) this.redo(); else this.undo(); }
    else if (!isTyping && !event.defaultPrevented && key === "y") { event.preventDefault(); this.redo(); }
  }
}

const root = document.querySelector("[data-strategy-editor]");
if (root) {
  root.hidden = false;
  root.editor = new Editor(root, JSON.parse(document.getElementById("strategy-book").textContent));
}
