// What a view shows while it waits, when nothing came, and when there is nothing.

import { RequestFault } from "./api";
import { el, fill } from "./dom";

/** Run `load`, then `show`; a fault is told in words with a button that tries again. */
export async function shown<T>(
  place: Element,
  what: string,
  load: () => Promise<T>,
  show: (answer: T) => Node,
): Promise<void> {
  fill(place, el("p", { class: "state", role: "status" }, `Loading ${what} …`));
  try {
    fill(place, show(await load()));
  } catch (fault) {
    fill(place, faultBox(`${capital(what)} could not be loaded.`, fault, () => void shown(place, what, load, show)));
    if (!(fault instanceof RequestFault)) throw fault;
  }
}

export function faultBox(heading: string, fault: unknown, retry: () => void): HTMLElement {
  const words = fault instanceof RequestFault ? fault.message : "The page itself failed; the browser's console has the details.";
  return el(
    "div",
    { class: "fault", role: "alert" },
    el("p", {}, el("strong", {}, heading)),
    el("p", {}, words),
    el("button", { type: "button", onclick: retry }, "Try again"),
  );
}

export function empty(heading: string, text: string): HTMLElement {
  return el("div", { class: "empty" }, el("p", {}, el("strong", {}, heading)), el("p", {}, text));
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

interface Page<T> {
  total: number;
  items: T[];
}

/** A list that is fetched page by page; returns the list's place and its "more" line. */
export function paged<T>(
  first: Page<T>,
  one: string,
  many: string,
  fetchPage: (offset: number) => Promise<Page<T>>,
  append: (items: T[]) => void,
): HTMLElement {
  const foot = el("div", { class: "more" });
  let have = 0;
  const take = (page: Page<T>): void => {
    have += page.items.length;
    append(page.items);
    const line = el("p", { role: "status" }, `${have.toLocaleString("en-GB")} of ${page.total.toLocaleString("en-GB")} ${page.total === 1 ? one : many} shown.`);
    const left = page.items.length > 0 && have < page.total;
    fill(foot, line, left && el("button", { type: "button", onclick: () => void next() }, "Show more"));
  };
  const next = async (): Promise<void> => {
    fill(foot, el("p", { role: "status" }, "Loading …"));
    try {
      take(await fetchPage(have));
    } catch (fault) {
      fill(foot, faultBox(`More ${many} could not be loaded.`, fault, () => void next()));
    }
  };
  take(first);
  return foot;
}
