// Texts of the strategy editor: ranges to and from a spreadsheet's clipboard, plain signs, names for new rows.

// Tab-separated, as spreadsheets write it: a cell with a tab, a line break or a quote stands in quotes.
export function toTsv(rows) {
  return rows.map((row) => row.map((text) => /[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text).join("\t")).join("\r\n");
}

export function fromTsv(source) {
  const rows = [[]];
  let at = 0;
  const text = source.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  while (at <= text.length) {
    const [cell, next] = text[at] === '"' ? quoted(text, at) : plain(text, at);
    rows.at(-1).push(cell);
    if (text[next] === "\n") rows.push([]);
    at = next + 1;
  }
  return rows;
}

function plain(text, at) {
  let end = at;
  while (end < text.length && text[end] !== "\t" && text[end] !== "\n") end += 1;
  return [text.slice(at, end), end];
}

// A cell that begins with a quote is quoted only if the quote closes at the cell's end: `"a","b"` is a condition.
function quoted(text, at) {
  let end = at + 1;
  let cell = "";
  while (end < text.length) {
    if (text[end] !== '"') cell += text[end];
    else if (text[end + 1] === '"') { cell += '"'; end += 1; }
    else break;
    end += 1;
  }
  const after = text[end + 1];
  const isWhole = text[end] === '"' && (after === undefined || after === "\t" || after === "\n");
  return isWhole && /[\t\n"]/.test(cell) ? [cell, end + 1] : plain(text, at);
}

const SIGNS = { "≥": ">=", "≤": "<=", "，": ",", "、": ",", "—": "-", "–": "-", "−": "-", "【": "[", "】": "]", "。": ".", "…": ".." };

// Full-width signs and digits made plain, but for what stands in quotes: the server reads them so, too.
export function halfWidth(text) {
  return text.replace(/[“”「」＂]/g, '"').split(/("(?:[^"\\]|\\.)*")/).map((part, at) => at % 2 ? part
    : part.replace(/[≥≤，、—–−【】。…]/g, (sign) => SIGNS[sign]).normalize("NFKC")).join("").trim();
}

export function freeId(wanted, taken) {
  const stem = wanted.toLowerCase().replace(/-\d+$/, "").replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "row";
  let number = 1;
  while (taken.has(`${stem}-${number}`)) number += 1;
  return `${stem}-${number}`;
}

export function rowIds(book) {
  return new Set(book.tables.flatMap((table) => table.rows.map((row) => row.row_id)));
}

export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "on") for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
    else if (name in node && name !== "list") node[name] = value;
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

export function fill(text, parts) {
  return text.replace(/\{(\w+)\}/g, (_whole, name) => parts[name] ?? "");
}
