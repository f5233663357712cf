// A table that sorts by its heads and shows long lists in portions.

import { el, fill, type Child } from "./dom";
import { count } from "./format";

export interface Column<T> {
  title: string;
  unit?: string;
  numeric?: boolean;
  key: (row: T) => string | number;
  cell: (row: T) => Child;
  title_of?: (row: T) => string;
}

export interface SortedTable<T> {
  node: HTMLElement;
  show: (rows: T[]) => void;
}

const PORTION = 200;
const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

export function sortedTable<T>(caption: string, columns: Column<T>[], startColumn = 0, descending = false): SortedTable<T> {
  let rows: T[] = [];
  let by = startColumn;
  let down = descending;
  let limit = PORTION;
  const body = el("tbody");
  const foot = el("div", { class: "more" });
  const heads = columns.map((column, index) => head(column, index));

  function head(column: Column<T>, index: number): HTMLTableCellElement {
    const press = (): void => {
      down = by === index ? !down : Boolean(column.numeric);
      by = index;
      draw();
    };
    const unit = column.unit ? el("span", { class: "unit" }, ` ${column.unit}`) : null;
    const button = el("button", { type: "button", class: "sort", onclick: press }, column.title, unit);
    return el("th", { scope: "col", class: column.numeric ? "num" : "" }, button);
  }

  function compare(a: T, b: T): number {
    const key = columns[by]!.key;
    const [x, y] = [key(a), key(b)];
    const order = typeof x === "number" && typeof y === "number" ? x - y : collator.compare(String(x), String(y));
    return down ? -order : order;
  }

  function draw(): void {
    heads.forEach((th, index) => th.setAttribute("aria-sort", index === by ? (down ? "descending" : "ascending") : "none"));
    const sorted = [...rows].sort(compare);
    fill(body, ...sorted.slice(0, limit).map(line));
    const left = sorted.length - limit;
    const more = (): void => {
      limit += PORTION;
      draw();
    };
    fill(
      foot,
      el("p", { role: "status" }, `${count(Math.min(limit, sorted.length))} of ${count(sorted.length)} shown.`),
      left > 0 && el("button", { type: "button", onclick: more }, `Show ${count(Math.min(PORTION, left))} more`),
    );
  }

  function line(row: T): HTMLTableRowElement {
    const cells = columns.map((column, index) => {
      const attributes = { class: column.numeric ? "num" : "", title: column.title_of?.(row) };
      return index === 0 ? el("th", { ...attributes, scope: "row" }, column.cell(row)) : el("td", attributes, column.cell(row));
    });
    return el("tr", {}, ...cells);
  }

  const table = el("table", {}, el("caption", {}, caption), el("thead", {}, el("tr", {}, ...heads)), body);
  const wrap = el("div", { class: "table-wrap", role: "region", "aria-label": caption, tabindex: 0 }, table);
  return {
    node: el("div", {}, wrap, foot),
    show: (next) => {
      rows = next;
      limit = PORTION;
      draw();
    },
  };
}

/** A table that needs no sorting. */
export function plainTable(caption: string, heads: [string, boolean?][], lines: Child[][]): HTMLElement {
  const numeric = heads.map(([, isNumber]) => Boolean(isNumber));
  const top = el("tr", {}, ...heads.map(([title, isNumber]) => el("th", { scope: "col", class: isNumber ? "num" : "" }, title)));
  const rows = lines.map((cells) =>
    el(
      "tr",
      {},
      ...cells.map((cell, index) => {
        const attributes = { class: numeric[index] ? "num" : "" };
        return index === 0 ? el("th", { ...attributes, scope: "row" }, cell) : el("td", attributes, cell);
      }),
    ),
  );
  const table = el("table", {}, el("caption", {}, caption), el("thead", {}, top), el("tbody", {}, ...rows));
  return el("div", { class: "table-wrap", role: "region", "aria-label": caption, tabindex: 0 }, table);
}
