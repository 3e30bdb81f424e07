// What the engine reads of a prompt, in a line that unfolds: both texts are seen, and others can be chosen in its place.

import { el, icon } from "./dom.js";

let count = 0;

const whenSized = new ResizeObserver((entries) => {
  for (const { target } of entries) target.dispatchEvent(new Event("sized"));
});

export class Words {
  // `choose` is told what was chosen: {kind, text, translator}. Where `live`, each change of the text is told at once;
  // elsewhere an edit is told when it is done. `texts` gives the page's sentences in the language of the moment.
  constructor({ texts, choose, live = false }) {
    Object.assign(this, { texts, choose, live, said: null, why: "", chosen: false, busy: false });
    this.title = el("p", { class: "title" });
    this.text = el("p", { class: "text", dir: "auto", onsized: () => this.measure() });
    this.toggle = el("button", { type: "button", class: "more", onclick: () => this.open(!this.isOpen) });
    this.box = el("textarea", { dir: "auto", rows: "2", oninput: () => this.typed(), onkeydown: (event) => this.key(event) });
    this.remarks = el("div", { class: "remarks" });
    this.choices = el("div", { class: "choices", id: `words-${++count}` });
    this.toggle.setAttribute("aria-controls", this.choices.id);
    this.node = el("div", { class: "words", role: "group", hidden: true },
      el("div", { class: "top" }, this.title, this.toggle), this.text, this.remarks, this.choices);
    whenSized.observe(this.text);
    this.close();
    this.open(false);
  }

  get isOpen() {
    return this.node.classList.contains("open");
  }

  // null where there is nothing to be said. `chosen`: not the automatic text. `why`: what a choice leads to.
  show(said, { chosen = false, dropped = false, why = "" } = {}) {
    Object.assign(this, { said, chosen, dropped, why });
    if (this.live) this.rest();
    if (!said) this.close();
    const { title = "", text = "", lang = "", choices = [], remarks = [] } = said ?? {};
    this.node.hidden = !text && !choices.length && !remarks.length && !chosen && !dropped;
    this.node.setAttribute("aria-label", this.texts().words ?? "");
    this.node.classList.toggle("bare", !text);
    this.node.classList.toggle("chosen", chosen);
    this.title.textContent = title;
    this.text.textContent = text;
    this.text.lang = lang || "und";
    this.box.setAttribute("aria-label", this.texts()["words-own"] ?? "");
    this.dress();
    this.measure();
  }

  dress() {
    const { remarks = [], choices = [] } = this.said ?? {};
    const held = this.node.contains(document.activeElement);
    const texts = this.texts();
    this.remarks.replaceChildren(
      ...remarks.map((remark) => el("p", { class: "remark", dir: "auto" }, remark)),
      ...(this.dropped ? [el("p", { class: "remark" }, texts["words-dropped"], " ", this.button(texts["words-keep"], { kind: "keep" }))] : []));
    const others = choices.filter(({ kind }) => kind !== "edit" || !this.isEditing);
    this.choices.replaceChildren(...this.ends(), ...others.map((choice) => this.button(choice.label, choice)));
    this.name();
    if (held && !this.node.contains(document.activeElement)) (this.toggle.hidden ? this.choices.querySelector("button") : this.toggle)?.focus();
  }

  // The ways out: of the editor, and of what was chosen.
  ends() {
    const texts = this.texts();
    if (this.isEditing && !this.live) {
      return [this.button(texts["words-use"], { kind: "use" }, "main"), this.button(texts["words-leave"], { kind: "leave" })];
    }
    return this.chosen || this.isEditing ? [this.button(texts["words-auto"], { kind: "auto" }, "main")] : [];
  }

  button(label, choice, look = "") {
    const makes = this.live || choice.kind === "edit" || choice.kind === "leave" ? null : this.why;
    return el("button", { type: "button", class: `choice ${look}`, title: makes || null, onclick: () => this.press(choice) }, label ?? "");
  }

  press({ kind, translator }) {
    if (this.busy) return;
    if (kind === "edit") return this.edit();
    if (kind === "leave") return this.leave();
    if (kind === "use") return this.use();
    this.close();
    this.tell({ kind, translator });
  }

  tell(choice) {
    this.busy = true;
    this.stale(true);
    this.choose(choice);
  }

  // The answer is there, whatever it was.
  rest() {
    this.busy = false;
    this.stale(false);
  }

  edit() {
    this.isEditing = true;
    this.box.value = this.said.text;
    this.box.lang = this.text.lang;
    this.text.hidden = true;
    this.text.after(this.box);
    this.open(true);
    this.dress();
    this.grow();
    this.box.focus();
    if (!this.live) this.node.scrollIntoView({ block: "nearest" });
    this.box.setSelectionRange(this.box.value.length, this.box.value.length);
  }

  close() {
    this.isEditing = false;
    this.text.hidden = false;
    this.box.remove();
    this.measure();
  }

  leave() {
    this.close();
    if (this.live) return this.choose({ kind: "auto" });
    this.dress();
    this.toggle.focus();
  }

  use() {
    const text = this.box.value.trim();
    if (!text || text === this.said.text) return this.leave();
    this.close();
    this.open(false);
    this.dress();
    this.tell({ kind: "edit", text });
  }

  typed() {
    this.grow();
    if (this.live) this.choose({ kind: "edit", text: this.box.value });
  }

  grow() {
    this.box.style.height = "auto";
    this.box.style.height = `${this.box.scrollHeight + 2}px`;
  }

  key(event) {
    const composing = event.isComposing || event.keyCode === 229;
    if (composing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      this.leave();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (this.live) this.choose({ kind: "send" });
      else this.use();
    }
  }

  // What is shown is of an earlier prompt, or something else was asked for.
  stale(is) {
    this.node.classList.toggle("stale", is);
    this.node.setAttribute("aria-busy", String(is));
  }

  open(wanted) {
    this.node.classList.toggle("open", wanted);
    this.toggle.setAttribute("aria-expanded", wanted);
    this.name();
    this.measure();
  }

  name() {
    const changes = this.said?.choices?.length || this.chosen;
    this.toggle.replaceChildren(el("span", {}, this.texts()[changes ? "words-change" : "show-all"] ?? ""), icon("fold"));
  }

  // Nothing to unfold, no button.
  measure() {
    const cut = this.text.scrollHeight > this.text.clientHeight + 1;
    const none = !this.said?.text || (!this.isOpen && !cut && !this.said.choices?.length && !this.chosen);
    this.toggle.hidden = none || this.isEditing;
  }
}
