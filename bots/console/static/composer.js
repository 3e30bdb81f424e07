// The prompt box: grows, sends on Enter (not on the Enter that ends a word in an input method), and tells what the prompt means.

import { el, find } from "./dom.js";

const PAUSE = 250;
const MAX_BYTES = 60_000;

export class Composer {
  constructor({ submit, quote }) {
    Object.assign(this, { submit, quote, timer: 0, last: "", asked: "", count: 0, texts: {} });
    this.form = find("#composer");
    this.box = find("#prompt");
    this.recipe = find("#recipe");
    this.meaning = find("#meaning");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.box.addEventListener("input", () => this.changed());
    this.recipe.addEventListener("change", () => this.changed());
    this.box.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("keydown", (event) => this.keyElsewhere(event));
  }

  speak(texts, recipes) {
    this.texts = texts;
    this.box.placeholder = texts.placeholder;
    this.box.setAttribute("aria-label", texts.prompt);
    find("#send").title = texts.send;
    find("#send").setAttribute("aria-label", texts.send);
    this.box.disabled = find("#send").disabled = false;
    const chosen = this.recipe.value;
    this.recipe.replaceChildren(...recipes.map(({ key, text }) => el("option", { value: key }, text)));
    if (recipes.some(({ key }) => key === chosen)) this.recipe.value = chosen;
    this.recipe.hidden = recipes.length < 2;
    this.recipe.setAttribute("aria-label", texts.recipe);
    this.changed();
  }

  get options() {
    return this.recipe.selectedIndex > 0 ? { recipe: this.recipe.value } : {};
  }

  put(text) {
    this.box.value = text;
    this.box.focus({ preventScroll: true });
    this.box.setSelectionRange(text.length, text.length);
    this.changed();
  }

  changed() {
    this.grow();
    clearTimeout(this.timer);
    this.asked = "";
    const text = this.box.value.trim();
    if (!text || text.startsWith("/") || text.startsWith("／")) return this.hint();
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  ask() {
    this.asked = `q${++this.count}`;
    if (this.fits()) this.quote({ type: "quote", id: this.asked, prompt: this.box.value, options: this.options });
    else this.explain({ problem: this.texts["too-long"] });
  }

  fits() {
    return new TextEncoder().encode(this.box.value).length < MAX_BYTES;
  }

  grow() {
    this.box.style.height = "auto";
    this.box.style.height = `${this.box.scrollHeight}px`;
  }

  key(event) {
    // Safari ends the composition before the Enter that ended it; 229 is that Enter's code.
    const composing = event.isComposing || event.keyCode === 229;
    if (event.key === "Enter" && !event.shiftKey && !composing) {
      event.preventDefault();
      this.send();
    } else if (event.key === "ArrowUp" && !this.box.value && this.last) {
      event.preventDefault();
      this.put(this.last);
    } else if (event.key === "Escape" && !composing) {
      this.box.blur();
    }
  }

  keyElsewhere(event) {
    const typing = event.target.closest("input, textarea, select, video");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.box.focus();
  }

  send() {
    const prompt = this.box.value;
    if (!prompt.trim()) return this.ask();
    if (!this.fits()) return this.explain({ problem: this.texts["too-long"] });
    this.submit(prompt, this.options);
    this.last = prompt;
    this.put("");
  }

  hint() {
    this.meaning.replaceChildren(...["keys", "hint"].map((name) => el("p", { class: `soft ${name}` }, this.texts[name] ?? "")));
  }

  // The answer to the last question; answers to earlier ones are out of date.
  take(message) {
    if (message.id !== this.asked) return false;
    if (message.type === "error") this.explain({ problem: message.text });
    else if (message.chips.length) this.explain(message);
    else this.hint();
    return true;
  }

  explain({ chips = [], notes = [], balance = null, enough = true, problem = null }) {
    const look = (kind) => (kind === "price" && !enough ? "short" : kind);
    const facts = chips.map(({ kind, text }) => el("li", { class: `chip ${look(kind)}` }, text));
    if (balance) facts.push(el("li", { class: enough ? "chip soft" : "chip short" }, balance));
    this.meaning.replaceChildren(
      ...(facts.length ? [el("ul", { class: "chips", "aria-label": this.texts.quote }, ...facts)] : []),
      ...notes.map((text) => el("p", { class: "note" }, text)),
      ...(problem ? [el("p", { class: "problem", role: "alert" }, problem)] : []),
    );
  }
}
