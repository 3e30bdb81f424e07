// The open line to the server: comes back by itself, and says how it stands.

const FIRST_WAIT = 400;
const LONGEST_WAIT = 10_000;

export class Line {
  constructor({ onOpen, onMessage, onLost }) {
    Object.assign(this, { onOpen, onMessage, onLost, wait: FIRST_WAIT, timer: 0 });
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
  }

  get isOpen() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  open() {
    const url = new URL("/ws", location);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = (this.socket = new WebSocket(url));
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.onOpen();
    };
    socket.onmessage = (event) => {
      this.wait = FIRST_WAIT;
      this.onMessage(JSON.parse(event.data));
    };
    socket.onclose = () => {
      this.onLost();
      if (!opened) this.checkLogin();
      this.timer = setTimeout(() => this.open(), this.wait * (0.75 + Math.random() / 2));
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    };
  }

  hurry() {
    if (this.socket?.readyState !== WebSocket.CLOSED) return;
    clearTimeout(this.timer);
    this.open();
  }

  // A refused line does not say why; the page does: it leads to the login where that is what is missing.
  async checkLogin() {
    const answer = await fetch("/", { method: "HEAD", redirect: "manual" }).catch(() => null);
    if (answer?.type === "opaqueredirect") location.reload();
  }

  send(message) {
    if (!this.isOpen) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }
}
