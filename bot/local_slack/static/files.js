// A file in a message: a card with its name, an image or the first lines of a text, and the download.

import { h, icon } from "./dom.js";

const PREVIEW_LINES = 6;
const PREVIEW_BYTES = 2_000_000;

export function size(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}

/** The same file on this page's own origin, whichever of its names the browser used. */
const here = (url) => new URL(url).pathname;

async function preview(file, box) {
  const answer = await fetch(here(file.url_private));
  if (!answer.ok) return;
  const lines = (await answer.text()).trimEnd().split("\n");
  const more = lines.length - PREVIEW_LINES;
  box.append(
    h("pre", { class: "file-lines", tabindex: "0", "aria-label": `First lines of ${file.name}` }, lines.slice(0, PREVIEW_LINES).join("\n")),
    more > 0 ? h("div", { class: "file-more" }, `+ ${more.toLocaleString()} more lines`) : "",
  );
}

/** The card of a file. */
export function fileCard(file) {
  const name = file.title || file.name;
  const card = h(
    "div",
    { class: "file" },
    h(
      "div",
      { class: "file-head" },
      h("span", { class: "file-icon" }, icon("file")),
      h("span", { class: "file-names" }, h("b", {}, name), h("small", {}, `${file.pretty_type} · ${size(file.size)}${name === file.name ? "" : ` · ${file.name}`}`)),
      h("a", { class: "file-download", href: here(file.url_private_download), download: file.name, "aria-label": `Download ${file.name}`, title: "Download" }, icon("download")),
    ),
  );
  if (/^image\/(png|jpeg|gif)$/.test(file.mimetype)) {
    card.append(h("img", { class: "file-image", src: here(file.url_private), alt: file.alt_txt || name }));
  }
  if (/^(text\/|application\/json)/.test(file.mimetype) && file.size < PREVIEW_BYTES) preview(file, card);
  return card;
}
