// One message: who, when, what, and what can be done with it.

import { blocks } from "./blocks.js";
import { announce, h, icon, popup } from "./dom.js";
import { Surface } from "./elements.js";
import { fileCard } from "./files.js";
import { mrkdwn } from "./mrkdwn.js";
import { go, send, store, userOf } from "./store.js";

const COLORS = ["#1d7a8c", "#a6507b", "#6a5acd", "#3a7d44", "#b0632b", "#3d6fb4"];

/** A person's picture, or the app's. */
export function avatar(user, className = "avatar") {
  if (user.is_bot) return h("span", { class: `${className} avatar-app`, "aria-hidden": "true" }, icon("app"));
  if (user.id === "USLACKBOT") return h("span", { class: `${className} avatar-slackbot`, "aria-hidden": "true" }, "♥");
  const node = h("span", { class: className, "aria-hidden": "true" }, user.real_name.slice(0, 1).toUpperCase());
  const sum = [...user.id].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  node.style.background = COLORS[sum % COLORS.length];
  return node;
}

export function clock(ts) {
  return new Date(Number(ts) * 1000).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
}

function ago(ts) {
  const minutes = Math.floor((Date.now() / 1000 - Number(ts)) / 60);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} minute${minutes > 1 ? "s" : ""} ago`;
  return `today at ${clock(ts)}`;
}

function head(message, user) {
  const isApp = user.is_bot || user.id === "USLACKBOT";
  return h(
    "div",
    { class: "message-head" },
    h("b", { class: "author" }, user.real_name),
    isApp ? h("span", { class: "badge" }, "APP") : null,
    h("time", { class: "time", title: new Date(Number(message.ts) * 1000).toLocaleString() }, clock(message.ts)),
  );
}

function said(message) {
  if (message.subtype === "tombstone") return h("div", { class: "text tombstone" }, message.text);
  const edited = message.edited ? h("span", { class: "edited" }, " (edited)") : null;
  if (message.blocks) return null;
  return message.text ? h("div", { class: "text" }, mrkdwn(message.text), edited) : null;
}

function attachment(surface, each) {
  return h(
    "div",
    { class: "attachment" },
    each.pretext ? h("div", { class: "text" }, mrkdwn(each.pretext)) : null,
    each.title ? h("b", {}, each.title) : null,
    each.text ? h("div", { class: "text" }, mrkdwn(each.text)) : null,
    each.blocks ? blocks(surface, each.blocks) : null,
  );
}

function replyBar(channel, message) {
  if (!message.reply_count) return null;
  const people = message.reply_users.map((id) => avatar(store.users.get(id) || { id, real_name: id }, "avatar avatar-small"));
  const count = `${message.reply_count} ${message.reply_count > 1 ? "replies" : "reply"}`;
  return h(
    "button",
    { class: "reply-bar", onclick: () => go(channel, message.ts) },
    people,
    h("span", { class: "reply-count" }, count),
    h("span", { class: "reply-last" }, `Last reply ${ago(message.latest_reply)}`),
    h("span", { class: "reply-view" }, "View thread"),
  );
}

async function copyLink(channel, message) {
  const url = `${location.origin}/archives/${channel}/p${message.ts.replace(".", "")}`;
  await navigator.clipboard?.writeText(url).catch(() => {});
  announce("Link copied");
}

async function useShortcut(channel, message, shortcut) {
  const answer = await send("shortcut", { channel, ts: message.ts, callback_id: shortcut.callback_id });
  if (!answer.ok) announce(`${shortcut.name} failed: ${answer.error}`, true);
}

function shortcuts(channel, message) {
  const offered = (store.shortcuts || []).filter((each) => each.type === "message");
  if (!offered.length) return null;
  let close = null;
  const item = (shortcut) =>
    h("button", { class: "menu-item", role: "menuitem", onclick: () => (close(), useShortcut(channel, message, shortcut)) }, shortcut.name);
  const toggle = () => {
    close = popup(node, h("div", { role: "menu", class: "menu" }, offered.map(item)));
  };
  const node = h("button", { "aria-label": "More actions", title: "More actions", onclick: toggle }, icon("more"));
  return node;
}

function tools(channel, message, inThread) {
  if (message.is_ephemeral || message.subtype === "tombstone") return null;
  return h(
    "div",
    { class: "tools", role: "toolbar", "aria-label": "Message actions" },
    inThread ? null : h("button", { "aria-label": "Reply in thread", title: "Reply in thread", onclick: () => go(channel, message.ts) }, icon("reply")),
    h("button", { "aria-label": "Copy link to message", title: "Copy link", onclick: () => copyLink(channel, message) }, icon("link")),
    shortcuts(channel, message),
  );
}

function private_(channel, message) {
  if (!message.is_ephemeral) return null;
  const dismiss = () => send("dismiss", { channel, ts: message.ts });
  return h(
    "div",
    { class: "private" },
    icon("eye"),
    "Only visible to you",
    h("button", { class: "dismiss", onclick: dismiss }, "Dismiss message"),
  );
}

/** The node of a message. `compact` leaves out who, where the one before has it. */
export function messageNode(channel, message, { compact = false, inThread = false } = {}) {
  const user = userOf(message);
  const surface = new Surface((block, element, value) =>
    send("act", { channel, ts: message.ts, block_id: block.block_id, action_id: element.action_id, value, entered: surface.entered }),
  );
  const kind = `${compact ? " compact" : ""}${message.is_ephemeral ? " ephemeral" : ""}`;
  return h(
    "article",
    { class: `message${kind}`, "data-ts": message.ts, "aria-label": `${user.real_name}, ${clock(message.ts)}` },
    h("div", { class: "gutter" }, compact ? h("time", { class: "gutter-time" }, clock(message.ts).replace(/ ?[AP]M$/i, "")) : avatar(user)),
    h(
      "div",
      { class: "message-body" },
      private_(channel, message),
      compact ? null : head(message, user),
      said(message),
      message.blocks ? blocks(surface, message.blocks) : null,
      (message.attachments || []).map((each) => attachment(surface, each)),
      (message.files || []).map(fileCard),
      inThread ? null : replyBar(channel, message),
    ),
    tools(channel, message, inThread),
  );
}
