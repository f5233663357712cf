// Elements are built from text nodes only: a value from a file can never become markup.

export type Child = Node | string | null | undefined | false;
export type Attributes = Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>;

/** Return an element; `on…` attributes are listeners, true is an empty attribute, false and null leave it out. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, String(value));
  }
  node.append(...children.filter((child): child is Node | string => Boolean(child)));
  return node;
}

/** A value that came with the data: any script, any direction. */
export function data(text: string, className = ""): HTMLElement {
  return el("bdi", className ? { class: className } : {}, text);
}

/** Put `children` into `parent` in place of what is there. */
export function fill(parent: Element, ...children: Child[]): void {
  parent.replaceChildren(...children.filter((child): child is Node | string => Boolean(child)));
}

/** Terms and values as a list; pairs without a value are left out. */
export function pairs(rows: [string, Child][]): HTMLElement {
  const list = el("dl", { class: "pairs" });
  for (const [term, value] of rows) {
    if (value === null || value === undefined || value === false || value === "") continue;
    list.append(el("div", {}, el("dt", {}, term), el("dd", {}, value)));
  }
  return list;
}

/** A button that copies `text`, and says so. */
export function copyButton(text: string, label: string): HTMLElement {
  const button = el("button", { type: "button", class: "small" }, label);
  button.addEventListener("click", async () => {
    const done = await copy(text);
    button.textContent = done ? "Copied" : "Not copied: select the text and copy it";
    setTimeout(() => (button.textContent = label), 2500);
  });
  return button;
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = el("textarea", { class: "off-screen", readonly: true, "aria-hidden": "true" }, text);
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}
