// Where a person types: with the app's commands offered after a slash, and what was typed before on arrow up.

import { announce, h, icon, popup } from "./dom.js";
import { send, store } from "./store.js";

const KEPT = 50;

function typedBefore() {
  try {
    return JSON.parse(localStorage.getItem(`typed ${store.user}`)) || [];
  } catch {
    return [];
  }
}

function remember(text) {
  const all = [...typedBefore().filter((each) => each !== text), text].slice(-KEPT);
  try {
    localStorage.setItem(`typed ${store.user}`, JSON.stringify(all));
  } catch {
    // Without storage there is just no history.
  }
}

/** What fits behind what is typed: commands, then whole lines. */
function suggestions(text) {
  if (!text.startsWith("/") || text.includes("\n")) return [];
  const found = [];
  for (const command of store.commands || []) {
    if (!text.includes(" ") && command.command.startsWith(text)) found.push({ ...command, text: `${command.command} ` });
    for (const line of command.examples) {
      if (line.startsWith(text) && line !== text) found.push({ text: line, isLine: true });
    }
  }
  return found;
}

export const globalShortcuts = () => (store.shortcuts || []).filter((each) => each.type === "global");

export class Composer {
  constructor(target) {
    this.target = target; // answers {channel, thread_ts}
    this.chosen = -1;
    this.found = [];
    this.recalled = -1;
    this.input = h("textarea", {
      rows: "1",
      class: "composer-input",
      role: "textbox",
      "aria-multiline": "true",
      "aria-autocomplete": "list",
      spellcheck: "false",
      oninput: () => this.typed(),
      onkeydown: (event) => this.key(event),
      onblur: () => this.offer([]),
    });
    this.list = h("div", { class: "completions", role: "listbox", "aria-label": "Commands", hidden: true });
    this.button = h("button", { class: "send", "aria-label": "Send now", title: "Send now", disabled: true, onclick: () => this.submit() }, icon("send"));
    this.node = h(
      "div",
      { class: "composer" },
      this.list,
      this.input,
      h(
        "div",
        { class: "composer-foot" },
        h("button", { class: "slash", "aria-label": "Shortcuts", title: "Shortcuts", "aria-haspopup": "menu", onclick: (event) => this.shortcuts(event.currentTarget) }, "+"),
        h("button", { class: "slash", "aria-label": "Run a command", title: "Run a command", onclick: () => this.slash() }, "/"),
        h("span", { class: "tip" }),
        this.button,
      ),
    );
  }

  label(text) {
    this.input.setAttribute("aria-label", text);
    this.input.setAttribute("placeholder", text);
  }

  /** The app's global shortcuts, which work without a message. */
  shortcuts(anchor) {
    const offered = globalShortcuts();
    const item = (shortcut) =>
      h("button", { class: "menu-item", role: "menuitem", onclick: () => (close(), this.use(shortcut)) }, h("b", {}, shortcut.name), h("small", {}, shortcut.description));
    const close = popup(anchor, h("div", { role: "menu", class: "menu" }, offered.length ? offered.map(item) : h("p", {}, "This app has no shortcuts.")));
  }

  async use(shortcut) {
    const answer = await send("shortcut", { channel: this.target().channel, callback_id: shortcut.callback_id });
    if (!answer.ok) announce(`${shortcut.name} failed: ${answer.error}`, true);
  }

  slash() {
    this.fill("/");
  }

  fill(text) {
    this.input.value = text;
    this.input.focus();
    this.typed();
  }

  typed() {
    this.recalled = -1;
    this.fit();
    const text = this.input.value;
    this.offer(suggestions(text));
    // Enter completes an unfinished command; a finished line it sends.
    const isCommand = (store.commands || []).some((each) => each.command === text);
    this.choose(this.found.length && !text.includes(" ") && !isCommand ? 0 : -1);
  }

  fit() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 240)}px`;
    this.button.disabled = !this.input.value.trim();
  }

  offer(found) {
    this.found = found;
    this.list.hidden = !found.length;
    this.list.replaceChildren(...(found.length ? [h("div", { class: "completions-head" }, store.users.get(store.bot)?.real_name || "Commands"), ...found.map((each, position) => this.option(each, position))] : []));
    if (!found.length) this.chosen = -1;
  }

  option(suggestion, position) {
    const take = (event) => {
      event.preventDefault();
      this.fill(suggestion.text);
    };
    const properties = { role: "option", class: suggestion.isLine ? "completion completion-line" : "completion", id: `completion-${position}`, onmousedown: take };
    if (suggestion.isLine) return h("div", properties, h("code", {}, suggestion.text));
    return h(
      "div",
      properties,
      h("div", {}, h("b", {}, suggestion.command), " ", h("span", { class: "usage" }, suggestion.usage_hint)),
      h("small", {}, suggestion.description),
    );
  }

  choose(position) {
    this.chosen = position;
    this.list.querySelectorAll("[role=option]").forEach((node, at) => {
      node.setAttribute("aria-selected", String(at === position));
      if (at === position) node.scrollIntoView({ block: "nearest" });
    });
    if (position < 0) this.input.removeAttribute("aria-activedescendant");
    else this.input.setAttribute("aria-activedescendant", `completion-${position}`);
  }

  key(event) {
    if (event.isComposing) return;
    const steps = { ArrowUp: -1, ArrowDown: 1 };
    const isOffering = this.found.length > 0 && this.recalled < 0;
    if (event.key in steps && isOffering) this.step(event, steps[event.key]);
    else if (event.key in steps && (this.recalled >= 0 || !this.input.value)) this.recall(event, steps[event.key]);
    else if (event.key === "Tab" && isOffering) this.complete(event, Math.max(this.chosen, 0));
    else if (event.key === "Escape" && isOffering) this.offer([]);
    else if (event.key === "Enter" && !event.shiftKey) {
      if (isOffering && this.chosen >= 0) this.complete(event, this.chosen);
      else (event.preventDefault(), this.submit());
    }
  }

  step(event, by) {
    event.preventDefault();
    const count = this.found.length;
    this.choose((this.chosen + by + count) % count);
  }

  complete(event, position) {
    event.preventDefault();
    this.fill(this.found[position].text);
  }

  recall(event, by) {
    const all = typedBefore();
    const next = this.recalled < 0 ? all.length - 1 : this.recalled + by;
    if (by > 0 && this.recalled < 0) return;
    event.preventDefault();
    this.offer([]);
    this.recalled = next >= all.length ? -1 : Math.max(0, next);
    this.input.value = all[this.recalled] ?? "";
    this.fit();
  }

  async submit() {
    const text = this.input.value;
    if (!text.trim()) return;
    this.input.value = "";
    this.typed();
    remember(text);
    const answer = await send("type", { text, ...this.target() });
    if (answer.ok) return;
    announce(`Not sent: ${answer.error}`, true);
    if (!this.input.value) this.fill(text);
  }
}
