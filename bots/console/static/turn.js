// One turn of the conversation: what was asked, and the reply in whatever state it is.

import { calm, copyText, el, icon } from "./dom.js";
import { Words } from "./words.js";

// A long history must not fetch all its films at once: each tells its length when it comes into view.
const whenSeen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    target.preload = "metadata";
    whenSeen.unobserve(target);
  }
});

const whenSized = new ResizeObserver((entries) => {
  for (const { target } of entries) target.dispatchEvent(new Event("sized"));
});

// The first frame alone: a moving WebP cannot be told to stand still.
function still(image) {
  const canvas = el("canvas", { class: "preview", role: "img", width: image.naturalWidth, height: image.naturalHeight });
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas;
}

const ENDED = new Set(["succeeded", "failed", "cancelled"]);

export class Turn {
  constructor(page, prompt, createdAt = null) {
    Object.assign(this, { page, prompt, createdAt, job: null, video: null, chosen: null });
    this.wording = new Words({ texts: () => page.texts, choose: (choice) => page.reword(this, choice) });
    this.notes = el("div", { class: "notes" });
    this.time = el("time");
    this.reply = el("article", { class: "reply", tabIndex: -1 });
    this.words = el("p", { dir: "auto", onsized: () => this.cut() }, prompt);
    this.more = el("button", { type: "button", class: "more", hidden: true, onclick: () => this.unfold() });
    this.said = el("div", { class: "said", role: "group", "aria-label": page.texts.you }, this.words, this.more, this.time);
    whenSized.observe(this.words);
    this.unfold(false);
    this.node = el("li", {}, this.said, this.reply);
    this.date(createdAt ?? Date.now() / 1000);
  }

  get ended() {
    return ENDED.has(this.job?.state);
  }

  unfold(whole = !this.said.classList.contains("whole")) {
    this.said.classList.toggle("whole", whole);
    this.more.setAttribute("aria-expanded", whole);
    this.nameMore();
  }

  nameMore() {
    this.more.textContent = this.page.texts[this.said.classList.contains("whole") ? "show-less" : "show-all"];
  }

  cut() {
    if (this.said.classList.contains("whole")) return;
    const hides = this.words.scrollHeight > this.words.clientHeight + 1;
    this.said.classList.toggle("cut", hides);
    this.more.hidden = !hides;
  }

  date(seconds) {
    const moment = new Date(seconds * 1000);
    const today = moment.toDateString() === new Date().toDateString();
    const style = today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
    this.time.dateTime = moment.toISOString();
    this.time.textContent = new Intl.DateTimeFormat(this.page.locale, style).format(moment);
  }

  pend(text) {
    this.replace(el("p", { class: "status" }, el("span", { class: "lamp" }), text));
  }

  say(text, refused, { declare, objects, softer, file, verify } = {}) {
    this.reply.classList.toggle("refused", refused);
    const actions = [];
    if (declare) actions.push(this.button("declare", declare));
    if (softer) actions.push(this.button("softer-use", softer.use));
    if (refused) actions.push(this.button("edit", () => this.page.edit(this.prompt, this.chosen)));
    if (objects) actions.push(this.objection(objects));
    if (verify) actions.push(this.chooser(verify));
    if (file) actions.push(el("a", { class: "button", href: file, download: "piying-data.json" }, icon("download"), this.page.texts.download));
    this.replace(
      el("p", { class: "lines" }, ...this.linked(text)),
      softer && el("p", { class: "softer" }, el("span", {}, this.page.texts.softer), " ", el("q", { dir: "auto" }, softer.text)),
      actions.length ? el("div", { class: "actions" }, ...actions) : null);
    this.page.announce(softer ? `${text} ${this.page.texts.softer} ${softer.text}` : text);
  }

  // A refusal is appealed against once.
  objection(objects) {
    const button = this.button("appeal", () => {
      button.disabled = true;
      objects();
    });
    button.title = this.page.texts["appeal-why"];
    return button;
  }

  // Codes of videos on the page lead to them.
  linked(text) {
    return text.split(/([0-9A-Z]{7})/).map((part) => {
      if (!this.page.turns.has(part)) return part;
      return el("button", { type: "button", class: "code", onclick: () => this.page.goTo(part) }, part);
    });
  }

  // A job never goes back: what comes late is out of date.
  show(job, { live = false } = {}) {
    if (this.ended && !ENDED.has(job.state)) return;
    const before = this.job?.state;
    const arrived = live && job.clip && !this.job?.clip;
    this.job = job;
    this.createdAt = job.created_at;
    this.date(job.created_at);
    this.said.setAttribute("aria-label", this.page.texts.you);
    this.nameMore();
    this.reply.classList.toggle("refused", job.state === "failed");
    this.reply.setAttribute("aria-label", job.code);
    this.reword();
    this.remark();
    this.replace(this.head(), this.stage(arrived), this.meter(), this.wording.node, this.notes, ...this.actions());
    if (live && before !== job.state) this.tell();
  }

  progress({ state, status, percent, cancellable, preview }) {
    if (!this.job || this.ended) return;
    if (this.job.state !== state) this.page.announce(`${this.job.code}: ${status}`);
    const tooLate = this.job.cancellable && !cancellable;
    this.job = { ...this.job, state, status, percent, cancellable };
    if (tooLate) this.reword();
    this.status.textContent = status;
    if (!cancellable && this.cancel.contains(document.activeElement)) this.reply.focus({ preventScroll: true });
    this.cancel.hidden = !cancellable;
    this.screen.classList.toggle("waiting", state === "queued");
    this.pace(percent);
    if (preview) this.preview(preview);
  }

  // What there is so far. It takes its place once it is loaded, so that nothing flickers.
  async preview(url) {
    if (this.previewing === url) return;
    this.previewing = url;
    const image = el("img", { class: "preview", src: url });
    if (!(await image.decode().then(() => true, () => false)) || this.previewing !== url) return;
    this.shown = calm() ? still(image) : image;
    this.hang();
  }

  hang() {
    if (!this.shown || this.job.clip || this.ended) return;
    const words = `${this.page.texts.preview}: ${this.prompt}`;
    this.shown.setAttribute(this.shown.tagName === "IMG" ? "alt" : "aria-label", words);
    this.screen.querySelector(".preview")?.remove();
    this.screen.prepend(this.shown);
  }

  pace(percent) {
    this.screen.style.setProperty("--part", (percent ?? 0) / 100);
    if (percent === null || percent === undefined) this.bar.removeAttribute("value");
    else this.bar.value = percent;
  }

  tell() {
    const { texts } = this.page;
    if (this.job.clip) this.page.arrived(`${this.job.code}: ${texts.ready}`);
    else this.page.announce(`${this.job.code}: ${this.job.status}`);
  }

  head() {
    const { code, chips, label } = this.job;
    return el("header", {},
      el("span", { class: "seal" }, code),
      el("ul", { class: "chips" }, ...chips.map(({ kind, text }) => el("li", { class: `chip ${kind}` }, text))),
      el("span", { class: "label" }, label));
  }

  stage(arrived) {
    const { clip, state, width, height } = this.job;
    if (!clip && this.ended) return null;
    this.screen = el("div", { class: "screen" }, clip ? this.film(arrived) : icon("puppet", "puppet"));
    this.reply.style.setProperty("--w", width);
    this.reply.style.setProperty("--h", height);
    this.screen.classList.toggle("waiting", state === "queued");
    this.hang();
    return this.screen;
  }

  film(arrived) {
    const { clip, prompt } = this.job;
    if (this.video?.dataset.clip === clip) {
      this.video.setAttribute("aria-label", `${this.page.texts.clip}: ${prompt}`);
      return this.video;
    }
    this.video = el("video", {
      controls: true, playsInline: true, loop: true, muted: true,
      preload: "none", poster: `${clip}.jpg`, src: `${clip}.mp4`,
      "data-clip": clip, "aria-label": `${this.page.texts.clip}: ${prompt}`,
      onerror: () => this.screen.replaceChildren(el("p", { class: "gone" }, this.page.texts["clip-gone"])),
    });
    if (arrived && !calm()) this.video.play().catch(() => {});
    else whenSeen.observe(this.video);
    return this.video;
  }

  meter() {
    if (this.job.clip) return null;
    this.status = el("span", {}, this.job.status);
    if (this.ended) return el("p", { class: "status" }, this.status);
    this.bar = el("progress", { max: 100, "aria-label": this.page.texts.progress });
    this.cancel = this.button("cancel", () => {
      this.cancel.disabled = true;
      this.page.send({ type: "cancel", code: this.job.code });
    });
    this.cancel.hidden = !this.job.cancellable;
    this.pace(this.job.percent);
    return el("div", { class: "meter" }, this.bar, el("p", { class: "status" }, el("span", { class: "lamp" }), this.status), this.cancel);
  }

  // Other words take the place of what is not made yet; what is made or on its way stays, and they cost once more.
  reword() {
    const why = this.page.texts[this.job.cancellable ? "words-replaces" : "words-costs"];
    this.wording.show(this.job.words, { why });
  }

  remark() {
    this.notes.replaceChildren(...this.job.notes.map((text) => el("p", { class: "note", dir: "auto" }, ...this.linked(text))));
    this.notes.hidden = !this.job.notes.length;
  }

  actions() {
    if (!this.ended) return [];
    const { texts } = this.page;
    const { clip, code } = this.job;
    const again = this.button("again", () => this.page.again(this, false));
    const take = this.button("take", () => this.page.again(this, true));
    again.title = texts["again-why"];
    take.title = texts["take-why"];
    const download = clip && el("a", { class: "button", href: `${clip}.mp4?download`, download: `piying-${code}.mp4` }, icon("download"), texts.download);
    const rest = clip ? [take, this.copy(), download] : [this.button("edit", () => this.page.edit(this.prompt)), this.copy()];
    const card = this.card();
    return [el("div", { class: "actions" }, again, ...rest, this.opener(card)), card];
  }

  // A button that asks for a video and hands it on.
  chooser(use) {
    const input = el("input", { type: "file", accept: ".mp4,.mov", class: "unseen", tabIndex: -1 });
    input.addEventListener("change", () => {
      if (input.files[0]) use(input.files[0]);
      input.value = "";
    });
    return el("span", {}, input, this.button("verify", () => input.click()));
  }

  copy() {
    const button = this.button("copy", async () => {
      await copyText(this.prompt);
      button.lastChild.textContent = this.page.texts.copied;
      this.page.announce(this.page.texts.copied);
      setTimeout(() => (button.lastChild.textContent = this.page.texts.copy), 1500);
    });
    return button;
  }

  card() {
    const rows = this.job.card.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", { dir: "auto" }, value)));
    return el("dl", { id: `card-${this.job.code}`, hidden: !this.cardOpen }, ...rows);
  }

  opener(card) {
    const open = (wanted) => {
      this.cardOpen = wanted;
      card.hidden = !wanted;
      button.setAttribute("aria-expanded", wanted);
      if (wanted) card.scrollIntoView({ block: "nearest", behavior: calm() ? "instant" : "smooth" });
    };
    const button = this.button("details", () => open(card.hidden));
    button.setAttribute("aria-controls", card.id);
    button.setAttribute("aria-expanded", !card.hidden);
    button.addEventListener("keydown", (event) => event.key === "Escape" && open(false));
    return button;
  }

  button(name, onclick) {
    return el("button", { type: "button", class: `button ${name}`, onclick }, icon(name), el("span", {}, this.page.texts[name]));
  }

  // What had the focus keeps it; where it is gone, the reply has it.
  replace(...parts) {
    const focused = this.reply.contains(document.activeElement) && document.activeElement;
    this.reply.replaceChildren(...parts.filter(Boolean));
    if (!focused || this.reply.contains(document.activeElement)) return;
    (this.reply.contains(focused) ? focused : this.reply).focus({ preventScroll: true });
  }
}
