// A list of messages that changes in place: a message that stays the same keeps its node, and with it its
// menus, its sorting and its scroll position.

import { arrange, h } from "./dom.js";
import { messageNode } from "./message.js";

const TOGETHER_S = 300;
const NEAR_END_PX = 120;

const dayOf = (message) => new Date(Number(message.ts) * 1000).toDateString();

function dayName(message) {
  if (dayOf(message) === new Date().toDateString()) return "Today";
  return new Date(Number(message.ts) * 1000).toLocaleDateString([], { weekday: "long", month: "long", day: "numeric" });
}

function isCompact(message, before) {
  return Boolean(
    before &&
      before.user === message.user &&
      !before.is_ephemeral === !message.is_ephemeral &&
      before.subtype !== "tombstone" &&
      Number(message.ts) - Number(before.ts) < TOGETHER_S,
  );
}

export class MessageList {
  constructor(label, inThread = false) {
    this.inThread = inThread;
    this.kept = new Map();
    this.place = null;
    this.pinned = true; // at the end, and to stay there as more comes
    const onscroll = () => (this.pinned = this.end() - this.node.scrollTop < NEAR_END_PX);
    this.node = h("div", { class: "messages", role: "log", "aria-label": label, tabindex: "0", onscroll });
    // Previews and images come later than their message.
    new MutationObserver(() => this.follow()).observe(this.node, { childList: true, subtree: true });
    this.node.addEventListener("load", () => this.follow(), true);
  }

  /** Show these messages of a channel; `extra` are nodes before them, `after` is put after the first. */
  show(channel, messages, { extra = [], after = null } = {}) {
    const place = `${channel} ${this.inThread ? messages[0]?.ts : ""}`;
    if (place !== this.place) {
      this.kept.clear();
      this.pinned = true;
      this.node.scrollTop = 0;
    }
    this.place = place;
    const nodes = [...extra];
    messages.forEach((message, position) => {
      const before = messages[position - 1];
      if (!this.inThread && (!before || dayOf(before) !== dayOf(message))) nodes.push(this.keep(`day ${dayOf(message)}`, "", () => this.day(message)));
      const compact = !(this.inThread && position < 2) && isCompact(message, before);
      nodes.push(this.keep(message.ts, JSON.stringify([message, compact]), () => messageNode(channel, message, { compact, inThread: this.inThread })));
      if (position === 0 && after) nodes.push(after);
    });
    arrange(this.node, nodes);
    this.follow();
  }

  /** How far down the end is: where the newest message is too high to be seen whole, it is its beginning. */
  end() {
    const newest = this.node.lastElementChild;
    const top = newest ? newest.getBoundingClientRect().top - this.node.getBoundingClientRect().top + this.node.scrollTop : 0;
    return Math.min(top, this.node.scrollHeight - this.node.clientHeight);
  }

  follow() {
    // Never upwards: who reads further down stays there.
    if (this.pinned) this.node.scrollTop = Math.max(this.node.scrollTop, this.end());
  }

  day(message) {
    return h("div", { class: "day", role: "separator" }, h("span", {}, dayName(message)));
  }

  keep(key, content, build) {
    const kept = this.kept.get(key);
    if (kept && kept.content === content) return kept.node;
    const node = build();
    this.kept.set(key, { content, node });
    return node;
  }
}
