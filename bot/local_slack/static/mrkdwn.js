// Slack's own markup, mrkdwn, to nodes.

import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { store } from "./store.js";

export function unescape(text) {
  return text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}

/** A link, or only its label where its address is not one of the web. */
export function link(url, label) {
  const shown = label || url;
  if (!/^(https?:|mailto:|tel:)/i.test(url)) return h("span", {}, shown);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer", class: "link" }, shown);
}

export function mention(kind, id) {
  if (kind === "user") return h("span", { class: "mention" }, `@${store.users.get(id)?.real_name || id}`);
  if (kind === "channel") return h("span", { class: "mention" }, `#${store.channels.get(id)?.name || id}`);
  return h("span", { class: "mention mention-all" }, `@${id}`);
}

/** A time in the form that Slack's date markup asks for. */
export function date(timestamp, format) {
  const time = new Date(timestamp * 1000);
  const parts = {
    date_num: time.toISOString().slice(0, 10),
    date: time.toLocaleDateString([], { year: "numeric", month: "long", day: "numeric" }),
    date_short: time.toLocaleDateString([], { year: "numeric", month: "short", day: "numeric" }),
    date_long: time.toLocaleDateString([], { weekday: "long", year: "numeric", month: "long", day: "numeric" }),
    time: time.toLocaleTimeString([], { hour: "numeric", minute: "2-digit" }),
    time_secs: time.toLocaleTimeString(),
  };
  const shown = format.replace(/\{(\w+)\}/g, (written, name) => parts[name.replace("_pretty", "")] || written);
  return h("time", { datetime: time.toISOString(), title: time.toString() }, shown);
}

function angled(inside) {
  const [target, label] = inside.split(/\|(.*)/s);
  if (target.startsWith("@")) return mention("user", target.slice(1));
  if (target.startsWith("#")) return mention("channel", target.slice(1));
  if (target.startsWith("!date^")) {
    const [, timestamp, format] = target.split("^");
    return date(Number(timestamp), format);
  }
  if (target.startsWith("!")) return mention("broadcast", target.slice(1).split("^")[0]);
  return link(unescape(target), label && unescape(label));
}

const SPAN = /`([^`\n]+)`|<([^<>\n]+)>|(?<![\w*])\*(?=\S)([^*\n]*[^*\s])\*(?![\w*])|(?<![\w_])_(?=\S)([^_\n]*[^_\s])_(?![\w_])|(?<![\w~])~(?=\S)([^~\n]*[^~\s])~(?![\w~])/g;

function plain(text) {
  return withEmoji(unescape(text));
}

function spans(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(SPAN)) {
    nodes.push(plain(text.slice(end, match.index)));
    const [, code, angle, bold, italic, strike] = match;
    if (code !== undefined) nodes.push(h("code", {}, unescape(code)));
    else if (angle !== undefined) nodes.push(angled(angle));
    else if (bold !== undefined) nodes.push(h("b", {}, spans(bold)));
    else if (italic !== undefined) nodes.push(h("i", {}, spans(italic)));
    else nodes.push(h("s", {}, spans(strike)));
    end = match.index + match[0].length;
  }
  nodes.push(plain(text.slice(end)));
  return nodes;
}

function lines(text) {
  const nodes = [];
  let quote = null;
  text.split("\n").forEach((line, position, all) => {
    const quoted = /^(?:&gt;|>)\s?(.*)$/.exec(line);
    if (quoted) {
      if (!quote) nodes.push((quote = h("blockquote", {})));
      else quote.append("\n");
      quote.append(...spans(quoted[1]).flat(Infinity));
      return;
    }
    quote = null;
    nodes.push(spans(line), position < all.length - 1 ? "\n" : "");
  });
  return nodes;
}

/** The nodes of a mrkdwn text. */
export function mrkdwn(text) {
  return String(text ?? "")
    .split(/```\n?([\s\S]*?)\n?```\n?/)
    .map((part, position) => (position % 2 ? h("pre", {}, unescape(part)) : lines(part)));
}

/** The nodes of a text object, whichever of the two kinds it is. */
export function textOf(object) {
  if (!object) return [];
  return object.type === "mrkdwn" ? mrkdwn(object.text) : [plain(object.text)];
}

export function plainOf(object) {
  return object ? plain(object.text) : "";
}
