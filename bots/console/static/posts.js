// What is published in this chat: a post is a clip with words, which may be changed or taken away.

import { el } from "./dom.js";

export class Posts {
  constructor(page) {
    Object.assign(this, { page, nodes: new Map() });
  }

  show({ code, text, clip, alt }, live = false) {
    const known = this.nodes.get(code);
    if (known) known.querySelector("p").textContent = text;
    else this.nodes.set(code, this.made({ code, text, clip, alt }));
    if (known) return;
    this.page.talk.append(this.nodes.get(code));
    this.page.settle();
    if (!live) return;
    this.page.announce(text);
    if (this.page.following) this.page.toEnd();
  }

  drop(code) {
    this.nodes.get(code)?.remove();
    this.nodes.delete(code);
    this.page.settle();
  }

  made({ code, text, clip, alt }) {
    const gone = () => film.replaceWith(el("p", { class: "gone" }, this.page.texts["clip-gone"]));
    const film = el("video", {
      class: "post", controls: true, playsInline: true, loop: true, muted: true,
      preload: "none", poster: `${clip}.jpg`, src: `${clip}.mp4`, "aria-label": alt, onerror: gone,
    });
    return el("li", {}, el("article", { class: "reply", "aria-label": code }, film, el("p", { class: "lines" }, text)));
  }
}
