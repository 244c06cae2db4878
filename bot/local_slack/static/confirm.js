// The dialog that asks before an element acts.

import { h } from "./dom.js";
import { plainOf, textOf } from "./mrkdwn.js";

/** Ask what a confirm object says; answers whether the person agreed. */
export function agreed(confirm) {
  if (!confirm) return Promise.resolve(true);
  return new Promise((resolve) => {
    const end = (answer) => () => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    const style = confirm.style === "danger" ? "button-danger" : "button-primary";
    const dialog = h(
      "dialog",
      { class: "confirm", "aria-label": plainOf(confirm.title), oncancel: end(false) },
      h("h2", {}, plainOf(confirm.title)),
      h("p", {}, textOf(confirm.text)),
      h(
        "div",
        { class: "dialog-foot" },
        h("button", { class: "button", onclick: end(false) }, plainOf(confirm.deny)),
        h("button", { class: `button ${style}`, onclick: end(true) }, plainOf(confirm.confirm)),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}
