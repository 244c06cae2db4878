// What surrounds the messages: the bar at the top, the sidebar, and the app's Home tab.

import { blocks } from "./blocks.js";
import { arrange, h, icon } from "./dom.js";
import { avatar } from "./message.js";
import { viewSurface } from "./modal.js";
import { go, send, store } from "./store.js";

const app = () => store.users.get(store.bot);

function switchTheme() {
  const dark = document.documentElement.dataset.theme !== "dark";
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  try {
    localStorage.setItem("theme", dark ? "dark" : "light");
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

export function keptTheme() {
  try {
    return localStorage.getItem("theme") || "light";
  } catch {
    return "light";
  }
}

/** See the workspace as another person: a fresh page, since everything on it may differ. */
function viewAs(event) {
  const place = store.place === "home" ? "/" : `/archives/${store.place}`;
  location.assign(`${place}?user=${encodeURIComponent(event.target.value)}`);
}

/** The bar at the top: the workspace, and as whom it is seen. */
export function renderTop(bar) {
  if (bar.dataset.user === store.me) return;
  bar.dataset.user = store.me;
  const option = (name) => h("option", { value: name, selected: name === store.user }, name);
  bar.replaceChildren(
    h("span", { class: "top-note" }, "A Slack on this machine, for trying things out"),
    h("label", { class: "view-as" }, "View as ", h("span", { class: "select" }, h("select", { "aria-label": "View as", onchange: viewAs }, store.people.map(option)), icon("chevron"))),
    h("button", { class: "theme", "aria-label": "Switch between light and dark", title: "Light or dark", onclick: switchTheme }, icon("moon")),
  );
}

function entry(place, label, mark) {
  const isHere = store.place === place;
  const open = () => {
    go(place);
    if (place === "home") send("home", {});
  };
  return h(
    "button",
    { class: `entry${isHere ? " here" : ""}${store.unread.has(place) ? " unread" : ""}`, "aria-current": isHere ? "page" : null, onclick: open },
    mark,
    h("span", {}, label),
  );
}

/** The channels and the app. */
export function renderSidebar(bar) {
  const channels = [...store.channels.values()].map((channel) =>
    entry(channel.id, channel.name, h("span", { class: "mark", "aria-hidden": "true" }, "#")),
  );
  const state = store.online ? "online" : "away";
  const dot = h("span", { class: `presence ${state}`, role: "img", "aria-label": store.online ? "connected" : "not connected" });
  const me = store.users.get(store.me);
  bar.replaceChildren(
    h("h1", { class: "workspace" }, store.workspace),
    h("div", { class: "group", role: "group", "aria-label": "Channels" }, h("div", { class: "group-name" }, "Channels"), channels),
    h("div", { class: "group", role: "group", "aria-label": "Apps" }, h("div", { class: "group-name" }, "Apps"), entry("home", app().real_name, h("span", { class: "mark" }, avatar(app(), "avatar avatar-tiny"), dot))),
    h("div", { class: "me" }, avatar(me, "avatar avatar-head"), h("span", {}, me.real_name)),
  );
}

let home = null; // {key, node}

/** The app's Home tab. */
export function renderHome(main) {
  const key = store.home ? store.home.hash : "none";
  if (home?.key !== key) {
    const empty = h("div", { class: "blank" }, avatar(app(), "avatar avatar-large"), h("h2", {}, "This is the app’s Home"), h("p", {}, "The app has not put anything here yet."));
    home = { key, node: h("div", { class: "home-body", role: "tabpanel", "aria-label": "Home" }, store.home ? blocks(viewSurface(store.home), store.home.blocks) : empty) };
  }
  if (!main.querySelector(".home-body")) {
    main.replaceChildren(
      h("header", { class: "channel-head" }, avatar(app(), "avatar avatar-head"), h("h2", {}, app().real_name), h("span", { class: "badge" }, "APP")),
      h("div", { class: "tabs", role: "tablist" }, h("span", { class: "tab here", role: "tab", "aria-selected": "true" }, "Home")),
    );
  }
  arrange(main, [main.children[0], main.children[1], home.node]);
}
