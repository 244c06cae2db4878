// The modal that is on top, as a dialog. A view of the same id and hash is not drawn anew.

import { blocks } from "./blocks.js";
import { announce, h, icon } from "./dom.js";
import { Surface } from "./elements.js";
import { avatar } from "./message.js";
import { plainOf } from "./mrkdwn.js";
import { send, store } from "./store.js";

let shown = null; // {key, dialog}

/** What acts in a view: a modal, or the Home tab. */
export function viewSurface(view) {
  const surface = new Surface((block, element, value) =>
    send("act", { view_id: view.id, block_id: block.block_id, action_id: element.action_id, value, entered: surface.entered }),
  );
  return surface;
}

function showErrors(dialog, errors) {
  for (const box of dialog.querySelectorAll(".input-block")) {
    const text = errors[box.dataset.block] || "";
    box.classList.toggle("invalid", Boolean(text));
    box.querySelector(".input-error").textContent = text;
  }
  dialog.querySelector(".invalid input, .invalid textarea, .invalid select")?.focus();
}

async function submit(view, surface, dialog, button) {
  button.classList.add("busy");
  button.disabled = true;
  const answer = await send("submit", { view_id: view.id, entered: surface.entered });
  button.classList.remove("busy");
  button.disabled = false;
  if (!answer.ok) announce(`We had some trouble connecting: ${answer.error}.`, true);
  else showErrors(dialog, answer.errors);
}

function build(view) {
  const surface = viewSurface(view);
  const close = (everything) => () => send("close", { view_id: view.id, everything });
  const button = h("button", { type: "submit", class: "button button-primary" }, h("span", { class: "label" }, plainOf(view.submit) || "Submit"));
  const onsubmit = (event) => {
    event.preventDefault();
    submit(view, surface, dialog, button);
  };
  const oncancel = (event) => {
    event.preventDefault();
    close(false)();
  };
  const app = store.users.get(store.bot);
  const dialog = h(
    "dialog",
    { class: "modal", "aria-label": plainOf(view.title), oncancel },
    h(
      "form",
      { onsubmit, novalidate: true },
      h(
        "header",
        { class: "dialog-head" },
        view.previous_view_id ? h("button", { type: "button", class: "dialog-back", "aria-label": "Back", onclick: close(false) }, icon("left")) : avatar(app, "avatar avatar-head"),
        h("h2", {}, plainOf(view.title)),
        h("button", { type: "button", class: "dialog-close", "aria-label": "Close", onclick: close(true) }, icon("close")),
      ),
      h("div", { class: "dialog-body" }, blocks(surface, view.blocks)),
      h(
        "footer",
        { class: "dialog-foot" },
        h("button", { type: "button", class: "button", onclick: close(false) }, plainOf(view.close) || (view.submit ? "Cancel" : "Close")),
        view.submit ? button : null,
      ),
    ),
  );
  return dialog;
}

/** Show the topmost of the open views, or none. */
export function renderModal() {
  const view = store.views?.at(-1);
  const key = view ? `${view.id} ${view.hash}` : null;
  if (shown?.key === key) return;
  shown?.dialog.close();
  shown?.dialog.remove();
  shown = null;
  if (!view) return;
  shown = { key, dialog: build(view) };
  document.body.append(shown.dialog);
  shown.dialog.showModal();
  shown.dialog.querySelector("[autofocus], .dialog-body input, .dialog-body select, .dialog-body textarea")?.focus();
}
