// The markdown block: standard Markdown, as far as Slack shows it.

import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { link } from "./mrkdwn.js";

const SPAN = /`([^`\n]+)`|!?\[([^\]\n]*)\]\(([^)\s]+)\)|\*\*(?=\S)(.+?)\*\*|__(?=\S)(.+?)__|~~(?=\S)(.+?)~~|(?<!\w)[*_](?=\S)([^*_\n]+?)[*_](?!\w)/g;

function spans(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(SPAN)) {
    nodes.push(withEmoji(text.slice(end, match.index)));
    const [, code, label, url, bold, alsoBold, strike, italic] = match;
    if (code !== undefined) nodes.push(h("code", {}, code));
    else if (url !== undefined) nodes.push(link(url, label));
    else if (bold ?? alsoBold) nodes.push(h("b", {}, spans(bold ?? alsoBold)));
    else if (strike !== undefined) nodes.push(h("s", {}, spans(strike)));
    else nodes.push(h("i", {}, spans(italic)));
    end = match.index + match[0].length;
  }
  nodes.push(withEmoji(text.slice(end)));
  return nodes;
}

const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());

function table(rows) {
  const [head, , ...body] = rows.map(cells);
  const row = (tag) => (values) => h("tr", {}, values.map((value) => h(tag, {}, spans(value))));
  return h("div", { class: "table-box" }, h("table", {}, h("thead", {}, row("th")(head)), h("tbody", {}, body.map(row("td")))));
}

const KINDS = [
  ["fence", /^```/],
  ["heading", /^(#{1,6})\s+(.*)$/],
  ["rule", /^\s*([-*_])(\s*\1){2,}\s*$/],
  ["bullet", /^\s*[-*+]\s+(.*)$/],
  ["ordered", /^\s*\d+[.)]\s+(.*)$/],
  ["quote", /^>\s?(.*)$/],
  ["table", /^\s*\|.*\|\s*$/],
];

function kindOf(line) {
  for (const [name, pattern] of KINDS) {
    const match = pattern.exec(line);
    if (match) return [name, match];
  }
  return [line.trim() ? "paragraph" : "blank", [line, line]];
}

const BUILD = {
  rule: () => h("hr", {}),
  bullet: (group) => h("ul", {}, group.map(([, match]) => h("li", {}, spans(match[1])))),
  ordered: (group) => h("ol", {}, group.map(([, match]) => h("li", {}, spans(match[1])))),
  quote: (group) => h("blockquote", {}, spans(group.map(([, match]) => match[1]).join("\n"))),
  paragraph: (group) => h("p", {}, spans(group.map(([, match]) => match[0]).join("\n"))),
  heading: (group) => group.map(([, match]) => h(`h${Math.min(6, match[1].length + 2)}`, {}, spans(match[2]))),
  table: (group) => (group.length > 1 ? table(group.map(([, match]) => match[0])) : BUILD.paragraph(group)),
  blank: () => null,
};

/** The nodes of a Markdown text. */
export function markdown(text) {
  const nodes = [];
  let group = [];
  let fence = null;
  const flush = () => {
    if (group.length) nodes.push(BUILD[group[0][0]](group));
    group = [];
  };
  for (const line of text.split("\n")) {
    const found = kindOf(line);
    if (fence) {
      if (found[0] === "fence") fence = void nodes.push(h("pre", {}, fence.join("\n")));
      else fence.push(line);
    } else {
      if (group.length && group[0][0] !== found[0]) flush();
      if (found[0] === "fence") fence = [];
      else group.push(found);
    }
  }
  flush();
  if (fence) nodes.push(h("pre", {}, fence.join("\n")));
  return h("div", { class: "markdown" }, nodes);
}
