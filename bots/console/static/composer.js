// The prompt box: grows, sends on Enter (not on the Enter that ends a word in an input method), and tells what the prompt means.

import { el, find } from "./dom.js";
import { Words } from "./words.js";

const MAX_BYTES = 60_000;

export class Composer {
  // `chosen` are the words for the engine that the visitor chose in place of the automatic ones, and `dropped` those
  // that were for another prompt: what is sent is what was seen.
  constructor({ submit, quote, announce }) {
    Object.assign(this, { submit, quote, announce, timer: 0, last: "", asked: "", count: 0, texts: {} });
    Object.assign(this, { chosen: null, dropped: null });
    this.form = find("#composer");
    this.box = find("#prompt");
    this.recipe = find("#recipe");
    this.facts = find("#facts");
    this.words = new Words({ texts: () => this.texts, choose: (choice) => this.choose(choice), live: true });
    find("#meaning").append(this.words.node);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.box.addEventListener("input", () => this.typed());
    this.recipe.addEventListener("change", () => this.changed());
    this.box.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("keydown", (event) => this.keyElsewhere(event));
  }

  speak(texts, recipes, pause) {
    Object.assign(this, { texts, pause });
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

  put(text, chosen = null) {
    Object.assign(this, { chosen, dropped: null });
    this.words.show(chosen?.own ? { text: chosen.own } : null);
    this.box.value = text;
    this.box.focus({ preventScroll: true });
    this.box.setSelectionRange(text.length, text.length);
    if (chosen?.own) this.words.edit();
    this.changed();
  }

  // Words that were chosen for one prompt are not sent with another.
  typed() {
    if (this.chosen) {
      this.dropped = this.box.value.trim() ? this.chosen : null;
      this.chosen = null;
      this.words.close();
    }
    this.changed();
  }

  changed() {
    this.grow();
    clearTimeout(this.timer);
    this.asked = "";
    this.words.stale(true);
    const text = this.box.value.trim();
    if (!text || text.startsWith("/") || text.startsWith("／")) return this.hint();
    this.timer = setTimeout(() => this.ask(), this.pause);
  }

  ask() {
    this.asked = `q${++this.count}`;
    const words = this.chosen ?? {};
    if (this.fits()) this.quote({ type: "quote", id: this.asked, prompt: this.box.value, options: this.options, words });
    else this.refuse(this.texts["too-long"]);
  }

  choose({ kind, text, translator }) {
    if (kind === "send") return this.send();
    const kept = kind === "keep" ? this.dropped : null;
    const asked = { original: { original: true }, edit: { own: text }, translate: { translator }, rewrite: { rewrite: true }, keep: kept };
    Object.assign(this, { chosen: asked[kind] ?? null, dropped: null });
    if (kind === "edit") return this.changed();
    if (kind === "auto") this.box.focus({ preventScroll: true });
    this.telling = true;
    clearTimeout(this.timer);
    this.ask();
  }

  fits() {
    return new TextEncoder().encode(this.box.value + (this.chosen?.own ?? "")).length < MAX_BYTES;
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
    if (!this.fits()) return this.refuse(this.texts["too-long"]);
    this.submit(prompt, this.options, this.chosen);
    this.last = prompt;
    this.put("");
  }

  hint() {
    this.words.show(null);
    this.facts.replaceChildren(...["keys", "hint"].map((name) => el("p", { class: `soft ${name}` }, this.texts[name] ?? "")));
  }

  // The answer to the last question; answers to earlier ones are out of date.
  take(message) {
    if (message.id !== this.asked) return false;
    if (message.type === "error") this.refuse(message.text);
    else if (message.chips.length) this.explain(message);
    else this.hint();
    if (message.words && message.chips.length) this.reword(message.words);
    return true;
  }

  // What another translator or a writer made is seen from now on, and so it is what will be sent.
  reword(words) {
    if (this.chosen?.translator || this.chosen?.rewrite) this.chosen = words.read ? { own: words.text } : null;
    this.words.show(words, { chosen: Boolean(this.chosen), dropped: Boolean(this.dropped) });
    if (this.telling) this.announce(`${words.title} ${words.text}`);
    this.telling = false;
  }

  // Words that were chosen can still be changed, or given up.
  refuse(problem) {
    this.explain({ problem });
    if (this.words.isEditing) this.words.rest();
    else this.words.show(null, { chosen: Boolean(this.chosen) });
  }

  explain({ chips = [], notes = [], balance = null, enough = true, problem = null }) {
    const look = (kind) => (kind === "price" && !enough ? "short" : kind);
    const facts = chips.map(({ kind, text }) => el("li", { class: `chip ${look(kind)}` }, text));
    if (balance) facts.push(el("li", { class: enough ? "chip soft" : "chip short" }, balance));
    this.facts.replaceChildren(
      ...(facts.length ? [el("ul", { class: "chips", "aria-label": this.texts.quote }, ...facts)] : []),
      ...notes.map((text) => el("p", { class: "note" }, text)),
      ...(problem ? [el("p", { class: "problem", role: "alert" }, problem)] : []),
    );
  }
}
