// Elements from plain descriptions. Texts only ever become text nodes, so data cannot become markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, properties, children) {
  for (const [name, value] of Object.entries(properties || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export function h(tag, properties, ...children) {
  return fill(document.createElement(tag), properties, children);
}

export function s(tag, properties, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

const ICONS = {
  reply: "M4 5h16v11H11l-4 4v-4H4z",
  download: "M12 4v11m-5-4 5 5 5-5M5 20h14",
  close: "M6 6l12 12M18 6 6 18",
  eye: "M2 12s4-6 10-6 10 6 10 6-4 6-10 6-10-6-10-6zm10 2.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  send: "M4 4l17 8-17 8 3-8zM7 12h8",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  file: "M6 3h8l5 5v13H6zM14 3v5h5",
  warn: "M12 4 2.5 20h19zM12 10v5m0 2.5v.01",
  moon: "M20 14A8 8 0 0 1 10 4a8 8 0 1 0 10 10z",
  chevron: "M6 9l6 6 6-6",
  left: "M15 6l-6 6 6 6",
  right: "M9 6l6 6-6 6",
  app: "M12 4a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM5.5 16a2 2 0 1 0 0 4 2 2 0 0 0 0-4zm13 0a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM12 8v4m0 0-5.3 4.4M12 12l5.3 4.4",
};

export function icon(name) {
  return s(
    "svg",
    { viewBox: "0 0 24 24", class: `icon icon-${name}`, "aria-hidden": "true" },
    s("path", { d: ICONS[name] }),
  );
}

/** Make the children of `parent` be `nodes`, moving only those that are not yet in place. */
export function arrange(parent, nodes) {
  nodes.forEach((node, position) => {
    if (parent.childNodes[position] !== node) parent.insertBefore(node, parent.childNodes[position] || null);
  });
  while (parent.childNodes.length > nodes.length) parent.lastChild.remove();
}

export function announce(text, isError = false) {
  const toast = h("div", { class: isError ? "toast toast-error" : "toast" }, isError ? icon("warn") : null, text);
  document.getElementById("toasts").append(toast);
  setTimeout(() => toast.remove(), 6000);
}

/** A popup beside `anchor`; it closes on Escape, on a click elsewhere, or by the returned function. */
export function popup(anchor, content) {
  const box = h("div", { class: "popup" }, content);
  const close = () => {
    box.remove();
    document.removeEventListener("mousedown", outside, true);
    document.removeEventListener("keydown", escape, true);
    anchor.setAttribute("aria-expanded", "false");
  };
  const outside = (event) => box.contains(event.target) || anchor.contains(event.target) || close();
  const escape = (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
    anchor.focus();
  };
  (anchor.closest("dialog") || document.body).append(box);
  const place = anchor.getBoundingClientRect();
  const below = place.bottom + 4 + box.offsetHeight < innerHeight;
  box.style.left = `${Math.max(8, Math.min(place.left, innerWidth - box.offsetWidth - 8))}px`;
  box.style.top = `${below ? place.bottom + 4 : Math.max(8, place.top - 4 - box.offsetHeight)}px`;
  document.addEventListener("mousedown", outside, true);
  document.addEventListener("keydown", escape, true);
  anchor.setAttribute("aria-expanded", "true");
  return close;
}
