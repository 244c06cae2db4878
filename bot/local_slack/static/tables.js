// The two tables of Block Kit: `table`, which is still, and `data_table`, which sorts, filters and pages.

import { h, icon } from "./dom.js";
import { bareText, richText } from "./richtext.js";

function cellNode(cell) {
  if (cell.type === "rich_text") return richText(cell);
  if (cell.type === "raw_number") return cell.text ?? cell.value.toLocaleString();
  return cell.text;
}

function sortKey(cell) {
  if (cell.type === "raw_number") return cell.value;
  const text = cell.type === "rich_text" ? bareText(cell) : cell.text;
  const number = Number(text.replace(/,/g, ""));
  return text.trim() && Number.isFinite(number) ? number : text.toLowerCase();
}

function cellText(cell) {
  return cell.type === "rich_text" ? bareText(cell) : String(cell.text ?? cell.value);
}

/** A `table` block: its first row is shown as the header. */
export function table(block) {
  const settings = block.column_settings || [];
  const style = (column) => {
    const { align = "left", is_wrapped = false } = settings[column] || {};
    return `align-${align} ${is_wrapped ? "wrapped" : "unwrapped"}`;
  };
  const row = (tag) => (cells) =>
    h("tr", {}, cells.map((cell, column) => h(tag, { class: style(column) }, cellNode(cell))));
  const [head, ...body] = block.rows;
  const box = h(
    "div",
    { class: "table-box", tabindex: "0", role: "group", "aria-label": "Table, scrolls sideways" },
    h("table", {}, h("thead", {}, row("th")(head)), h("tbody", {}, body.map(row("td")))),
  );
  return box;
}

function compare(column, direction) {
  return (a, b) => {
    const [x, y] = [sortKey(a[column]), sortKey(b[column])];
    if (typeof x === typeof y) return (x < y ? -1 : x > y ? 1 : 0) * direction;
    return (typeof x === "number" ? -1 : 1) * direction;
  };
}

class DataTable {
  constructor(block) {
    [this.head, ...this.body] = block.rows;
    this.caption = block.caption;
    this.pageSize = block.page_size || 5;
    this.rowHeader = block.row_header_column_index || 0;
    this.page = 0;
    this.sorted = null;
    this.direction = 1;
    this.filter = "";
    this.node = h("div", { class: "data-table" });
    this.search = h("input", {
      class: "data-filter",
      type: "search",
      placeholder: "Filter",
      "aria-label": `Filter ${this.caption}`,
      oninput: () => this.refilter(),
    });
    this.box = h("div", { class: "table-box", tabindex: "0" });
    this.foot = h("div", { class: "data-foot" });
    const head = h("div", { class: "data-head" }, h("span", { class: "data-caption" }, this.caption), this.search);
    this.node.append(head, this.box, this.foot);
    this.render();
  }

  refilter() {
    this.filter = this.search.value.toLowerCase();
    this.page = 0;
    this.render();
  }

  sort(column) {
    if (this.sorted === column && this.direction === -1) this.sorted = null;
    else [this.sorted, this.direction] = [column, this.sorted === column ? -1 : 1];
    this.page = 0;
    this.render();
  }

  rows() {
    const matches = (row) => row.some((cell) => cellText(cell).toLowerCase().includes(this.filter));
    const rows = this.filter ? this.body.filter(matches) : [...this.body];
    return this.sorted === null ? rows : rows.sort(compare(this.sorted, this.direction));
  }

  header(cell, column) {
    const isSorted = this.sorted === column;
    const order = !isSorted ? "none" : this.direction === 1 ? "ascending" : "descending";
    const arrow = !isSorted ? "↕" : this.direction === 1 ? "↑" : "↓";
    return h(
      "th",
      { "aria-sort": order, scope: "col", class: this.alignment(column) },
      h("button", { class: "sort", onclick: () => this.sort(column) }, cellText(cell), h("span", { class: "arrow" }, arrow)),
    );
  }

  alignment(column) {
    return this.body.every((row) => row[column]?.type === "raw_number") ? "align-right" : "align-left";
  }

  cell(cell, column) {
    const isHeader = column === this.rowHeader;
    return h(isHeader ? "th" : "td", { scope: isHeader ? "row" : null, class: this.alignment(column) }, cellNode(cell));
  }

  render() {
    const rows = this.rows();
    const pages = Math.max(1, Math.ceil(rows.length / this.pageSize));
    const from = this.page * this.pageSize;
    const shown = rows.slice(from, from + this.pageSize);
    this.box.replaceChildren(
      h(
        "table",
        {},
        h("caption", { class: "hidden" }, this.caption),
        h("thead", {}, h("tr", {}, this.head.map((cell, column) => this.header(cell, column)))),
        h("tbody", {}, shown.map((row) => h("tr", {}, row.map((cell, column) => this.cell(cell, column))))),
      ),
    );
    const turn = (label, name, by, disabled) =>
      h("button", { class: "page-turn", "aria-label": label, disabled, onclick: () => this.turn(by) }, icon(name));
    const told = rows.length ? `${from + 1}–${from + shown.length} of ${rows.length}` : "No rows match";
    this.foot.replaceChildren(
      h("span", {}, told),
      pages > 1 ? h("span", { class: "turns" }, turn("Previous page", "left", -1, this.page === 0), `${this.page + 1} / ${pages}`, turn("Next page", "right", 1, this.page === pages - 1)) : "",
    );
  }

  turn(by) {
    this.page += by;
    this.render();
  }
}

/** A `data_table` block. */
export function dataTable(block) {
  return new DataTable(block).node;
}
