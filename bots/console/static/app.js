// The page: what the server says becomes turns of the conversation, what the visitor does becomes messages.

import { Composer } from "./composer.js";
import { calm, el, find, newId, recall, remember } from "./dom.js";
import { Line } from "./line.js";
import { Posts } from "./posts.js";
import { Turn } from "./turn.js";

class Page {
  constructor() {
    Object.assign(this, { texts: {}, locale: firstLocale(), turns: new Map(), pending: new Map(), greeted: false });
    Object.assign(this, { following: true, lastY: 0 });
    this.talk = find("#talk");
    this.posts = new Posts(this);
    this.composer = new Composer({
      submit: (prompt, options, words) => this.submit({ type: "submit", id: newId(), prompt, options, words: words ?? {} }, prompt),
      quote: (message) => this.line.send(message),
      announce: (text) => this.announce(text),
    });
    this.line = new Line({
      onOpen: () => this.send({ type: "hello", locale: this.locale }),
      onMessage: (message) => this[`on_${message.type}`](message),
      onLost: () => this.lost(),
    });
    this.listen();
    this.line.open();
  }

  listen() {
    for (const button of find("#locales").children) {
      button.addEventListener("click", () => this.switchLocale(button.dataset.locale));
    }
    find("#help").addEventListener("click", () => this.type("/help"));
    find("#older").addEventListener("click", () => this.send({ type: "history", before: this.oldest() }));
    find("#newest").addEventListener("click", () => this.toEnd());
    new ResizeObserver(() => this.makeRoom()).observe(find("#composer"));
    addEventListener("scroll", () => this.scrolled(), { passive: true });
    document.addEventListener("visibilitychange", () => document.hidden || (document.title = this.texts.title));
  }

  send(message) {
    return this.line.send(message);
  }

  // Kept until it is answered, and sent again with the same id after a break: the server takes it once.
  // `from` is the turn whose words are to be others.
  submit(message, prompt, from = null) {
    const turn = this.turnOf(message, prompt);
    turn.pend(this.line.isOpen ? this.texts.sending : this.texts["sending-later"]);
    this.pending.set(message.id, { message, prompt, turn, from });
    this.keepPending();
    this.talk.append(turn.node);
    this.settle();
    this.send(message);
    this.toEnd();
  }

  type(command) {
    this.submit({ type: "submit", id: newId(), prompt: command, options: {} }, command);
  }

  lost() {
    this.notice(this.texts.offline, true);
    for (const { turn } of this.pending.values()) turn.pend(this.texts["sending-later"]);
  }

  again(turn, anotherTake) {
    this.submit({ type: "again", id: newId(), code: turn.job.code, another_take: anotherTake }, turn.prompt);
  }

  reword(turn, { kind, text = "", translator = "" }) {
    this.submit({ type: "reword", id: newId(), code: turn.job.code, kind, text, translator }, turn.prompt, turn);
  }

  edit(prompt, chosen = null) {
    this.composer.put(prompt, chosen);
  }

  turnOf(message, prompt) {
    const turn = new Turn(this, prompt);
    const own = message.kind === "edit" ? { own: message.text } : null;
    turn.chosen = own ?? (Object.keys(message.words ?? {}).length ? message.words : null);
    return turn;
  }

  switchLocale(locale) {
    this.locale = locale;
    remember("localStorage", "locale", locale);
    this.send({ type: "locale", locale });
  }

  on_welcome(message) {
    if (this.version && this.version !== message.version && !this.composer.box.value) location.reload();
    this.version = message.version;
    this.texts = message.texts;
    this.locale = message.locale;
    this.notice("");
    this.dress(message);
    this.on_account(message);
    for (const job of message.jobs.reverse()) this.showJob(job, this.greeted);
    for (const post of message.posts ?? []) this.posts.show(post);
    if (!this.greeted) find("#older").hidden = !message.more;
    this.resend();
    this.settle();
    if (!this.greeted) this.begin();
    else if (this.turns.size && this.following) this.toEnd("instant");
  }

  begin() {
    this.greeted = true;
    if (this.turns.size) this.toEnd("instant");
    if (matchMedia("(pointer: fine)").matches) this.composer.box.focus({ preventScroll: true });
    const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (timezone && recall("localStorage", "timezone") !== timezone && this.send({ type: "timezone", timezone })) {
      remember("localStorage", "timezone", timezone);
    }
  }

  resend() {
    for (const { message, prompt } of recall("sessionStorage", "pending") ?? []) {
      if (!this.pending.has(message.id)) {
        const turn = this.turnOf(message, prompt);
        this.pending.set(message.id, { message, prompt, turn });
        this.talk.append(turn.node);
      }
    }
    for (const { message, turn } of this.pending.values()) {
      turn.pend(this.texts.sending);
      this.send(message);
    }
  }

  keepPending() {
    const kept = [...this.pending.values()].map(({ message, prompt }) => ({ message, prompt }));
    remember("sessionStorage", "pending", kept);
  }

  answered(id) {
    const found = this.pending.get(id);
    this.pending.delete(id);
    this.keepPending();
    found?.from?.wording.rest();
    return found?.turn;
  }

  on_receipt({ id, job, status }) {
    const turn = this.showJob(job, true, id);
    if (status) turn.progress({ ...job, status, percent: null });
  }

  on_job(job) {
    this.showJob(job, true);
  }

  on_progress(message) {
    const { scrollHeight } = document.documentElement;
    this.turns.get(message.code)?.progress(message);
    if (this.following && document.documentElement.scrollHeight !== scrollHeight) this.toEnd();
  }

  on_history({ jobs, more }) {
    const fromEnd = document.documentElement.scrollHeight - scrollY;
    for (const job of jobs) this.showJob(job, false);
    find("#older").hidden = !more;
    scrollTo({ top: document.documentElement.scrollHeight - fromEnd, behavior: "instant" });
  }

  on_answer({ id, text, refused, job, file, video }) {
    const turn = this.answered(id);
    if (job) this.showJob(job, true);
    turn?.say(text, refused, { file, verify: video && ((chosen) => this.verify(video, chosen)) });
    this.toEnd();
  }

  // What nobody asked for just now.
  on_notice({ text }) {
    this.talk.append(el("li", {}, el("article", { class: "reply" }, el("p", { class: "lines" }, text))));
    this.settle();
    this.announce(text);
    if (this.following) this.toEnd();
  }

  on_post(post) {
    this.posts.show(post, true);
  }

  on_unpost({ code }) {
    this.posts.drop(code);
  }

  async verify(url, file) {
    const turn = new Turn(this, `/verify ${file.name}`);
    turn.pend(this.texts["verify-wait"]);
    this.talk.append(turn.node);
    this.toEnd();
    const answer = await fetch(`${url}?locale=${this.locale}`, { method: "POST", body: file })
      .then((response) => response.json())
      .catch(() => ({ text: this.texts["verify-lost"], refused: true }));
    turn.say(answer.text, false);
    turn.reply.classList.toggle("refused", answer.refused);
    this.toEnd();
  }

  on_account({ balance }) {
    find("#balance").textContent = balance;
  }

  on_quote(message) {
    this.composer.take(message);
  }

  on_error({ id, code, text, appeal, suggestion }) {
    const asked = this.pending.get(id);
    const turn = this.answered(id);
    const declare = code === "declaration-needed" && asked &&
      (() => this.submit({ ...asked.message, id: newId(), declares: true }, asked.prompt, asked.from));
    const objects = appeal && (() => this.type(`/appeal ${appeal}`));
    const use = suggestion && asked?.message.type === "submit" &&
      (() => this.submit({ ...asked.message, id: newId(), prompt: suggestion, words: {} }, suggestion));
    if (turn) turn.say(text, true, { declare, objects, softer: use && { text: suggestion, use } });
    else if (!this.composer.take({ id, type: "error", text }) && code !== "timezone-unknown") this.notice(text);
    for (const button of this.talk.querySelectorAll("button.cancel:disabled")) button.disabled = false;
    if (turn && this.following) this.toEnd();
  }

  showJob(job, live, id = job.request) {
    const turn = this.turns.get(job.code) ?? this.pending.get(id)?.turn ?? new Turn(this, job.prompt, job.created_at);
    if (this.pending.has(id)) this.answered(id);
    this.turns.set(job.code, turn);
    turn.show(job, { live });
    if (!turn.node.isConnected) this.insert(turn);
    this.link(job.code);
    this.settle();
    if (live && this.following) this.toEnd();
    return turn;
  }

  // What was said of it before it was here leads to it now.
  link(code) {
    for (const turn of this.turns.values()) if (turn.job.notes.some((note) => note.includes(code))) turn.remark();
  }

  insert(turn) {
    const later = [...this.turns.values()].filter((other) => other.node.isConnected && other.createdAt > turn.createdAt);
    const next = later.reduce((first, other) => (first && first.createdAt <= other.createdAt ? first : other), null);
    this.talk.insertBefore(turn.node, next?.node ?? null);
  }

  oldest() {
    return Math.min(...[...this.turns.values()].map((turn) => turn.createdAt));
  }

  dress({ recipes, pause }) {
    const { texts } = this;
    document.documentElement.lang = this.locale;
    document.title = texts.title;
    find("#help").setAttribute("aria-label", texts.help);
    find("#help").title = texts.help;
    find("#locales").setAttribute("aria-label", texts.language);
    for (const button of find("#locales").children) button.setAttribute("aria-pressed", button.dataset.locale === this.locale);
    find("#balance").title = texts.credits;
    find("#talk").setAttribute("aria-label", texts.talk);
    find("#older").textContent = texts.older;
    find("#newest").lastElementChild.textContent = texts.newest;
    this.composer.speak(texts, recipes, pause);
    this.greet();
  }

  greet() {
    const { texts } = this;
    const [title, more, ask, list] = find("#hello").querySelectorAll("h2, p, h3, ul");
    title.textContent = texts.hello;
    more.textContent = texts["hello-more"];
    ask.textContent = texts.try;
    const examples = [1, 2, 3, 4].map((number) => texts[`example-${number}`]);
    list.replaceChildren(...examples.map((text) =>
      el("li", {}, el("button", { type: "button", class: "slip", onclick: () => this.edit(text) }, text))));
  }

  settle() {
    find("#hello").hidden = this.talk.childElementCount > 0;
  }

  notice(text, lasting = false) {
    const bar = find("#line");
    clearTimeout(this.noticeTimer);
    bar.textContent = text ?? "";
    bar.hidden = !text;
    if (text && !lasting) this.noticeTimer = setTimeout(() => (bar.hidden = true), 8000);
  }

  announce(text) {
    find("#announcer").textContent = text;
  }

  arrived(text) {
    this.announce(text);
    if (document.hidden) document.title = `● ${text}`;
  }

  nearEnd(margin = 200) {
    return innerHeight + scrollY > document.documentElement.scrollHeight - margin;
  }

  // While a smooth scroll is under way the end is far off, and still what is wanted; who goes up wants to read there.
  scrolled() {
    if (scrollY < this.lastY && !this.nearEnd(8)) this.following = false;
    else if (this.nearEnd()) this.following = true;
    this.lastY = scrollY;
    find("#newest").hidden = this.nearEnd(600);
  }

  makeRoom() {
    document.documentElement.style.setProperty("--composer", `${find("#composer").offsetHeight}px`);
    if (this.talk.childElementCount && this.following) this.toEnd("instant");
  }

  goTo(code) {
    const { node, reply } = this.turns.get(code);
    this.following = false;
    reply.focus({ preventScroll: true });
    node.scrollIntoView({ block: "center", behavior: calm() ? "instant" : "smooth" });
  }

  toEnd(behavior = calm() ? "instant" : "smooth") {
    this.following = true;
    scrollTo({ top: document.documentElement.scrollHeight, behavior });
  }
}

function firstLocale() {
  const remembered = recall("localStorage", "locale");
  if (remembered === "en" || remembered === "zh-Hans") return remembered;
  const wished = navigator.languages.find((tag) => /^(zh|en)\b/i.test(tag)) ?? "en";
  return wished.toLowerCase().startsWith("zh") ? "zh-Hans" : "en";
}

new Page();
