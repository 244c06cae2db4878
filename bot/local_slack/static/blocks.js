// Block Kit's blocks to nodes.

import { chart } from "./charts.js";
import { h } from "./dom.js";
import { element, image } from "./elements.js";
import { markdown } from "./markdown.js";
import { plainOf, textOf } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { dataTable, table } from "./tables.js";

function section(surface, block) {
  return h(
    "div",
    { class: "section" },
    h(
      "div",
      { class: "section-body" },
      block.text ? h("div", { class: "text" }, textOf(block.text)) : null,
      block.fields ? h("div", { class: "fields" }, block.fields.map((field) => h("div", { class: "text" }, textOf(field)))) : null,
    ),
    block.accessory ? h("div", { class: "accessory" }, element(surface, block, block.accessory)) : null,
  );
}

function context(surface, block) {
  return h(
    "div",
    { class: "context" },
    block.elements.map((each) => (each.type === "image" ? image(each, "context-image") : h("span", { class: "text" }, textOf(each)))),
  );
}

function imageBlock(surface, block) {
  return h(
    "figure",
    { class: "image-block" },
    block.title ? h("figcaption", {}, plainOf(block.title)) : null,
    image(block, "block-image"),
  );
}

function input(surface, block) {
  return h(
    "div",
    { class: "input-block", "data-block": block.block_id },
    h("div", { class: "input-label" }, plainOf(block.label), block.optional ? h("span", { class: "optional" }, " (optional)") : null),
    element(surface, block, block.element),
    block.hint ? h("div", { class: "hint" }, plainOf(block.hint)) : null,
    h("div", { class: "input-error", role: "alert" }),
  );
}

const BLOCKS = {
  section,
  context,
  input,
  image: imageBlock,
  header: (surface, block) => h("h3", { class: "header-block" }, plainOf(block.text)),
  divider: () => h("hr", {}),
  actions: (surface, block) => h("div", { class: "actions" }, block.elements.map((each) => element(surface, block, each))),
  rich_text: (surface, block) => richText(block),
  markdown: (surface, block) => markdown(block.text),
  table: (surface, block) => table(block),
  data_table: (surface, block) => dataTable(block),
  data_visualization: (surface, block) => chart(block),
};

/** The node of a list of blocks on a surface. */
export function blocks(surface, list) {
  const one = (block) =>
    h("div", { class: `block block-${block.type}` }, BLOCKS[block.type]?.(surface, block) ?? h("span", { class: "unknown" }, `[${block.type}]`));
  return h("div", { class: "blocks" }, list.map(one));
}
