// Block Kit's interactive elements. Each calls `surface.act(block, element, value)` when it acts, and
// keeps what is entered in `surface.entered`, under its block id and action id.

import { agreed } from "./confirm.js";
import { announce, h, icon, popup } from "./dom.js";
import { plainOf, textOf } from "./mrkdwn.js";
import { store } from "./store.js";

/** Where elements live: a message or a view. `perform(block, element, value)` tells the server. */
export class Surface {
  constructor(perform) {
    this.perform = perform;
    this.entered = {};
  }

  enter(block, element, value) {
    (this.entered[block.block_id] ||= {})[element.action_id] = value;
  }

  /** Tell the app; meanwhile `node` shows that it waits. Inputs only act where they were asked to. */
  async act(block, element, value, node) {
    if (block.type === "input" && !block.dispatch_action) return;
    if (!(await agreed(element.confirm))) return;
    node.classList.add("busy");
    node.setAttribute("aria-busy", "true");
    const answer = await this.perform(block, element, value);
    node.classList.remove("busy");
    node.removeAttribute("aria-busy");
    if (!answer.ok) announce(`This app responded with an error: ${answer.error}.`, true);
  }
}

function button(surface, block, element) {
  const kind = element.style ? ` button-${element.style}` : "";
  const label = h("span", { class: "label" }, plainOf(element.text));
  const act = () => {
    if (/^https?:/i.test(element.url || "")) open(element.url, "_blank", "noopener");
    surface.act(block, element, undefined, node);
  };
  const node = h(
    "button",
    { type: "button", class: `button${kind}`, "aria-label": element.accessibility_label, "data-action": element.action_id, onclick: act },
    label,
  );
  return node;
}

function overflow(surface, block, element) {
  let close = null;
  const choose = (option) => () => {
    close();
    if (/^https?:/i.test(option.url || "")) open(option.url, "_blank", "noopener");
    surface.act(block, element, option.value, node);
  };
  const items = () =>
    element.options.map((option) => h("button", { type: "button", role: "menuitem", class: "menu-item", onclick: choose(option) }, plainOf(option.text)));
  const toggle = () => {
    close = popup(node, h("div", { role: "menu", class: "menu" }, items()));
  };
  const node = h(
    "button",
    { type: "button", class: "button button-icon", "aria-label": "More options", "aria-haspopup": "menu", "data-action": element.action_id, onclick: toggle },
    icon("more"),
  );
  return node;
}

function optionNodes(element, chosen) {
  const one = (option) => h("option", { value: option.value, selected: chosen?.value === option.value }, plainOf(option.text));
  if (element.options) return element.options.map(one);
  return element.option_groups.map((group) => h("optgroup", { label: plainOf(group.label) }, group.options.map(one)));
}

function selectOf(surface, block, element, options, chosen) {
  const name = plainOf(element.placeholder) || "Select an option";
  const change = () => {
    surface.enter(block, element, node.value || undefined);
    if (node.value) surface.act(block, element, node.value, box);
  };
  const node = h(
    "select",
    { "aria-label": block.type === "input" ? plainOf(block.label) : name, "data-action": element.action_id, onchange: change },
    h("option", { value: "", selected: !chosen, disabled: !block.optional, hidden: !block.optional }, name),
    options,
  );
  const box = h("span", { class: "select" }, node, icon("chevron"));
  return box;
}

const staticSelect = (surface, block, element) =>
  selectOf(surface, block, element, optionNodes(element, element.initial_option), element.initial_option);

function peopleSelect(surface, block, element) {
  const people = [...store.users.values()].filter((user) => !user.is_bot);
  const chosen = element.initial_user;
  const options = people.map((user) => h("option", { value: user.id, selected: user.id === chosen }, user.real_name));
  return selectOf(surface, block, element, options, chosen);
}

function channelSelect(surface, block, element) {
  const chosen = element.initial_channel || element.initial_conversation;
  const options = [...store.channels.values()].map((channel) =>
    h("option", { value: channel.id, selected: channel.id === chosen }, `#${channel.name}`),
  );
  return selectOf(surface, block, element, options, chosen);
}

let groups = 0;

function choices(type) {
  return (surface, block, element) => {
    const name = `choice-${(groups += 1)}`;
    const options = element.options || (element.option_groups || []).flatMap((group) => group.options);
    const initial = element.initial_options || (element.initial_option ? [element.initial_option] : []);
    const read = () => {
      const values = [...node.querySelectorAll("input:checked")].map((input) => input.value);
      const value = type === "radio" ? values[0] : values;
      surface.enter(block, element, value);
      surface.act(block, element, value, node);
    };
    const one = (option) =>
      h(
        "label",
        { class: "choice" },
        h("input", { type, name, value: option.value, checked: initial.some((each) => each.value === option.value), onchange: read }),
        h("span", {}, textOf(option.text), option.description ? h("small", {}, textOf(option.description)) : null),
      );
    const label = block.type === "input" ? plainOf(block.label) : "Choices";
    const node = h("div", { class: "choices", role: type === "radio" ? "radiogroup" : "group", "aria-label": label, "data-action": element.action_id }, options.map(one));
    return node;
  };
}

function field(type, preset) {
  return (surface, block, element) => {
    const label = block.type === "input" ? plainOf(block.label) : plainOf(element.placeholder) || "Pick a value";
    const take = () => surface.enter(block, element, node.value);
    const act = () => (take(), surface.act(block, element, node.value, node));
    const onEnter = (event) => event.key === "Enter" && !element.multiline && (event.preventDefault(), act());
    const isPicker = ["date", "time", "datetime-local"].includes(type);
    const node = h(element.multiline ? "textarea" : "input", {
      type: element.multiline ? null : type,
      class: "field",
      "aria-label": label,
      "data-action": element.action_id,
      placeholder: plainOf(element.placeholder) || null,
      autofocus: element.focus_on_load,
      maxlength: element.max_length,
      value: element[preset] ?? "",
      oninput: take,
      onchange: isPicker ? act : null,
      onkeydown: !isPicker && block.dispatch_action ? onEnter : null,
    });
    return node;
  };
}

function moment(surface, block, element) {
  const local = (seconds) => new Date((seconds - new Date().getTimezoneOffset() * 60) * 1000).toISOString().slice(0, 16);
  const preset = element.initial_date_time ? local(element.initial_date_time) : "";
  const take = () => {
    const seconds = Math.floor(new Date(node.value).getTime() / 1000);
    surface.enter(block, element, seconds);
    surface.act(block, element, seconds, node);
  };
  const node = h("input", { type: "datetime-local", class: "field", "aria-label": plainOf(block.label) || "Date and time", value: preset, onchange: take });
  return node;
}

/** An image, never larger than the text column. */
export function image(element, className) {
  const known = element.image_url || "";
  if (!/^(https?:\/\/|data:image\/)/i.test(known)) return h("span", { class: "alt" }, element.alt_text);
  return h("img", { src: known, alt: element.alt_text, class: className, loading: "lazy" });
}

const ELEMENTS = {
  button,
  overflow,
  static_select: staticSelect,
  users_select: peopleSelect,
  channels_select: channelSelect,
  conversations_select: channelSelect,
  multi_static_select: choices("checkbox"),
  checkboxes: choices("checkbox"),
  radio_buttons: choices("radio"),
  datepicker: field("date", "initial_date"),
  timepicker: field("time", "initial_time"),
  datetimepicker: moment,
  plain_text_input: field("text", "initial_value"),
  number_input: field("number", "initial_value"),
  email_text_input: field("email", "initial_value"),
  url_text_input: field("url", "initial_value"),
  image: (surface, block, element) => image(element, "accessory-image"),
};

/** The node of an element. */
export function element(surface, block, described) {
  const build = ELEMENTS[described.type];
  return build ? build(surface, block, described) : h("span", { class: "unknown" }, `[${described.type}]`);
}

