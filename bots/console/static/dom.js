// Small parts every other module needs: elements built from text (never from HTML), what this browser remembers, and chance.

export const find = (selector) => document.querySelector(selector);

export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && typeof value !== "string") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

export function icon(name, className = "icon") {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// crypto.randomUUID exists only on https and localhost; a console may be neither.
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// A browser may refuse to remember; then the page forgets, and works.
export function remember(store, key, value) {
  try {
    window[store].setItem(`piying.${key}`, JSON.stringify(value));
  } catch {
    /* nothing to be done */
  }
}

export function recall(store, key) {
  try {
    return JSON.parse(window[store].getItem(`piying.${key}`));
  } catch {
    return null;
  }
}

// navigator.clipboard, too, exists only on https and localhost.
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const box = el("textarea", { class: "unseen" });
    box.value = text;
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
}
