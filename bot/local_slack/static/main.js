// The page: a channel or the Home tab in the middle, a thread beside it, a modal above.

import { Composer, globalShortcuts } from "./composer.js";
import { arrange, h, icon } from "./dom.js";
import { keptTheme, renderHome, renderSidebar, renderTop } from "./frame.js";
import { MessageList } from "./list.js";
import { renderModal } from "./modal.js";
import { connect, go, sorted, store, subscribe } from "./store.js";

const part = (selector) => document.querySelector(selector);
const [top, sidebar, main, thread] = [".top", ".sidebar", ".main", ".thread"].map(part);

const channelList = new MessageList("Messages");
const threadList = new MessageList("Thread messages", true);
const composer = new Composer(() => ({ channel: store.place }));
const replyComposer = new Composer(() => ({ channel: store.place, thread_ts: store.thread }));
const title = h("h2", {});
const channelParts = [
  h("header", { class: "channel-head" }, title),
  h("div", { class: "tabs", role: "tablist" }, h("span", { class: "tab here", role: "tab", "aria-selected": "true" }, "Messages")),
  channelList.node,
  composer.node,
];
const threadPlace = h("span", { class: "thread-place" });
const threadParts = [
  h("header", { class: "channel-head" }, h("h2", {}, "Thread"), threadPlace, h("button", { class: "thread-close", "aria-label": "Close thread", onclick: () => go(store.place) }, icon("close"))),
  threadList.node,
  replyComposer.node,
];
const greeting = h("div", { class: "greeting" });
const count = h("div", { class: "thread-count" });

function isInChannel(message) {
  const own = !message.thread_ts || message.thread_ts === message.ts;
  return own || message.subtype === "thread_broadcast";
}

function renderChannel() {
  const channel = store.channels.get(store.place);
  const label = `Message #${channel.name}`;
  title.textContent = `# ${channel.name}`;
  greeting.replaceChildren(
    h("h3", {}, `# ${channel.name}`),
    h("p", {}, "This is the very beginning of the channel. Type ", h("b", {}, "/"), " to see what the app can do", globalShortcuts().length ? [", or press ", h("b", {}, "+"), " below to do it without typing"] : null, "."),
  );
  composer.label(label);
  arrange(main, channelParts);
  channelList.show(channel.id, sorted(channel.messages.values()).filter(isInChannel), { extra: [greeting] });
}

function renderThread() {
  const channel = store.channels.get(store.place);
  const parent = channel?.messages.get(store.thread);
  thread.hidden = !parent;
  part("#app").classList.toggle("with-thread", Boolean(parent));
  if (!parent) return;
  const replies = sorted(channel.messages.values()).filter((message) => message.thread_ts === parent.ts && message !== parent);
  threadPlace.textContent = `# ${channel.name}`;
  count.textContent = replies.length ? `${replies.length} ${replies.length > 1 ? "replies" : "reply"}` : "";
  replyComposer.label("Reply…");
  replyComposer.input.setAttribute("aria-label", "Reply to thread");
  arrange(thread, threadParts);
  threadList.show(channel.id, [parent, ...replies], { after: replies.length ? count : null });
}

function render() {
  if (!store.ready) return;
  const name = store.place === "home" ? store.users.get(store.bot).real_name : `#${store.channels.get(store.place).name}`;
  document.title = `${store.unread.size ? "* " : ""}${name} · ${store.workspace}`;
  renderTop(top);
  renderSidebar(sidebar);
  if (store.place === "home") renderHome(main);
  else renderChannel();
  renderThread();
  renderModal();
}

/** A permalink opens the thread of its message, or points at the message. */
function follow() {
  const [, , channel, message] = location.pathname.split("/");
  if (channel) store.place = channel;
  if (!message) return;
  const ts = message.replace(/^p(\d+)(\d{6})$/, "$1.$2");
  const point = () => {
    const node = document.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
    if (!store.ready) return;
    pointed = true;
    node?.scrollIntoView({ block: "center" });
    node?.classList.add("pointed");
  };
  let pointed = false;
  subscribe(() => pointed || point());
}

document.documentElement.dataset.theme = keptTheme();
subscribe(render);
follow();
connect();
