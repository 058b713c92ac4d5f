// The panels beside the grid: the table's own settings, its columns, calculations, stages, the strategy's title.
import { el } from "./strategy_editor_text.js";

function field(label, input, hint = "") {
  const id = `f-${field.count = (field.count || 0) + 1}`;
  input.id = id;
  return el("div", { className: "field" }, el("label", { htmlFor: id }, label), input, hint ? el("p", { className: "hint" }, hint) : null);
}

// A field that tells its change when it is left, so that one change is one step of undo.
function input(value, act, options = {}) {
  const tag = options.long ? "textarea" : "input";
  return el(tag, { value: value || "", autocomplete: "off", spellcheck: false, className: options.css || "", "aria-label": options.label, list: options.list, on: { change: (event) => act(event.target.value.trim()) } });
}

function select(value, choices, act, label) {
  const options = choices.map(([code, text]) => el("option", { value: code, selected: code === value }, text));
  if (!choices.some(([code]) => code === value)) options.unshift(el("option", { value: value || "", selected: true }, value || "–"));
  return el("select", { "aria-label": label, on: { change: (event) => act(event.target.value) } }, ...options);
}

function button(text, act, label = "", css = "btn-quiet") {
  return el("button", { type: "button", className: `btn ${css}`, "aria-label": label || null, title: label || "", on: { click: act } }, text);
}

export function settings(host, table) {
  const { words } = host;
  const set = (part) => (value) => host.change((now) => ({ ...now, [part]: value }), words.changed);
  const titles = [field(words.title_zh, input(table.zh, set("zh"))), field(words.title_en, input(table.en, set("en")))];
  const types = Object.entries(words.types);
  if (table.is_calculation) {
    return el("div", { className: "grid-fields" }, ...titles, field(words.type, select(table.type_name, types, set("type_name"))),
      el("div", { className: "field wide" }, ...field(words.expression, input(table.expression, set("expression"), { long: true, css: "mono" }), words.expression_hint).children));
  }
  const policy = field(words.hit_policy, select(table.hit_policy, Object.keys(words.policies).map((code) => [code, code]), set("hit_policy")), words.policies[table.hit_policy]);
  const kinds = [["", words.as_list], ...["sum", "min", "max", "count"].map((code) => [code, code])];
  const aggregation = table.hit_policy === "COLLECT" ? field(words.aggregation, select(table.aggregation, kinds, set("aggregation"))) : null;
  return el("div", { className: "grid-fields" }, ...titles, policy, aggregation);
}

export function columns(host, table) {
  const heads = ["column", "type", "expression_or_values", "default", "otherwise", "actions"].map((name) => el("th", { scope: "col" }, host.words[name]));
  const rows = table.columns.map((column, at) => columnRow(host, table, column, at));
  return el("div", { className: "stack-s" },
    el("div", { className: "table-wrap" }, el("table", { className: "table" }, el("caption", { className: "visually-hidden" }, host.words.columns), el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows))),
    adding(host, table));
}

function columnRow(host, table, column, at) {
  const { words } = host;
  const name = host.label(column);
  const set = (part) => (value) => host.changeColumn(at, { [part]: value });
  const isThen = column.kind === "then";
  const about = isThen ? input(column.allowed, set("allowed"), { label: `${words.allowed}: ${name}` }) : column.expression ? input(column.expression, set("expression"), { label: `${words.expression}: ${name}`, css: "mono" }) : el("span", { className: "muted" }, words.fact);
  const types = Object.entries(words.types).filter(([code]) => isThen || code !== "list");
  const type = isThen || column.expression ? select(column.type_name, types, set("type_name"), `${words.type}: ${name}`) : host.typeWord(column.type_name);
  const value = (part) => isThen ? input(column[part], set(part), { label: `${words[part]}: ${name}`, css: "short" }) : "–";
  const same = (other) => table.columns[other]?.kind === column.kind;
  return el("tr", {}, el("th", { scope: "row" }, el("span", { className: "small muted" }, isThen ? words.then : words.if), el("br"), name),
    el("td", {}, type), el("td", {}, about), el("td", {}, value("default")), el("td", {}, value("otherwise")),
    el("td", { className: "nowrap" },
      same(at - 1) ? button("←", () => host.moveColumn(at, -1), `${words.move_left}: ${name}`) : null,
      same(at + 1) ? button("→", () => host.moveColumn(at, 1), `${words.move_right}: ${name}`) : null,
      button(words.remove, () => host.removeColumn(at), `${words.remove}: ${name}`)));
}

function adding(host, table) {
  const { words } = host;
  const there = new Set(table.columns.filter((column) => column.kind === "when").map((column) => column.name));
  const groups = host.factGroups(table).map(([label, facts]) => el("optgroup", { label }, ...facts.filter((fact) => !there.has(fact.name)).map((fact) => el("option", { value: fact.name }, `${fact.label} (${fact.name})`))));
  const fact = el("select", {}, ...groups, el("option", { value: "" }, words.own_expression));
  const name = el("input", { autocomplete: "off", className: "mono" });
  return el("div", { className: "row editor-add" },
    field(words.new_condition, fact), button(words.add, () => host.addCondition(fact.value), `${words.add}: ${words.new_condition}`, ""),
    field(words.new_output, name), button(words.add, () => host.addOutput(name.value.trim()), `${words.add}: ${words.new_output}`, ""));
}

export function wholeStrategy(host) {
  const { book, words } = host;
  const set = (part) => (value) => host.changeBook({ [part]: value }, words.changed);
  const results = book.tables.map((table) => [table.decision_id, host.tableName(table)]);
  return el("div", { className: "stack-s" },
    el("div", { className: "grid-fields" }, field(words.title_zh, input(book.zh, set("zh"))), field(words.title_en, input(book.en, set("en"))),
      field(words.version, input(book.version, set("version"))), field(words.result, select(book.result, results, set("result")))),
    stages(host));
}

function stages(host) {
  const { book, words } = host;
  const set = (at, part) => (value) => host.changeBook({ stages: book.stages.map((stage, each) => each === at ? { ...stage, [part]: value } : stage) }, words.changed);
  const rows = book.stages.map((stage, at) => el("tr", {},
    el("td", {}, input(stage.name, set(at, "name"), { label: words.name, css: "mono" })), el("td", {}, input(stage.zh, set(at, "zh"), { label: words.title_zh })),
    el("td", {}, input(stage.en, set(at, "en"), { label: words.title_en })),
    el("td", {}, el("input", { type: "checkbox", checked: stage.is_final, "aria-label": `${words.final}: ${stage.name}`, on: { change: (event) => set(at, "is_final")(event.target.checked) } })),
    el("td", {}, button(words.remove, () => host.changeBook({ stages: book.stages.filter((_each, other) => other !== at) }, words.changed), `${words.remove}: ${stage.name}`))));
  const heads = ["name", "title_zh", "title_en", "final", "actions"].map((name) => el("th", { scope: "col" }, words[name]));
  const add = () => host.changeBook({ stages: [...book.stages, { name: `stage-${book.stages.length + 1}`, type_name: "", zh: "", en: "", is_final: false }] }, words.changed);
  return el("div", { className: "stack-s" }, el("h3", {}, words.stages),
    rows.length ? el("div", { className: "table-wrap" }, el("table", { className: "table" }, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows))) : el("p", { className: "muted" }, words.no_stages),
    el("div", {}, button(words.add_stage, add, "", "")));
}
