// Rich text: a block of its own, and a cell of tables.

import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { date, link, mention } from "./mrkdwn.js";

const INLINE = {
  text: (element) => element.text,
  link: (element) => link(element.url, element.text),
  emoji: (element) => emoji(element.name),
  user: (element) => mention("user", element.user_id),
  channel: (element) => mention("channel", element.channel_id),
  usergroup: (element) => mention("broadcast", element.usergroup_id),
  broadcast: (element) => mention("broadcast", element.range),
  date: (element) => date(element.timestamp, element.format),
  color: (element) => h("code", {}, element.value),
};

const STYLES = { bold: "b", italic: "i", strike: "s", underline: "u", code: "code" };

function inline(element) {
  let node = INLINE[element.type]?.(element) ?? "";
  for (const [style, tag] of Object.entries(STYLES)) {
    if (element.style?.[style]) node = h(tag, {}, node);
  }
  return node;
}

const PARTS = {
  rich_text_section: (part) => h("div", { class: "rich-section" }, part.elements.map(inline)),
  rich_text_quote: (part) => h("blockquote", {}, part.elements.map(inline)),
  rich_text_preformatted: (part) => h("pre", {}, part.elements.map(inline)),
  rich_text_list: (part) => {
    const list = h(
      part.style === "ordered" ? "ol" : "ul",
      { class: `indent-${part.indent || 0}`, start: part.offset ? part.offset + 1 : null },
      part.elements.map((item) => h("li", {}, item.elements.map(inline))),
    );
    return list;
  },
};

/** The node of a rich_text object. */
export function richText(object) {
  return h("div", { class: "rich-text" }, object.elements.map((part) => PARTS[part.type]?.(part)));
}

function written(value) {
  if (Array.isArray(value)) return value.map(written).join("");
  if (!value || typeof value !== "object") return "";
  return (value.text ?? value.url ?? value.name ?? "") + written(value.elements);
}

/** The bare text of a rich_text object, to sort and filter by. */
export function bareText(object) {
  return written(object);
}
