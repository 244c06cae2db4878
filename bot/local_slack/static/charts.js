// The data_visualization block as SVG: pie, bar, line and area.

import { h, s } from "./dom.js";

const WIDTH = 560;
const HEIGHT = 260;
const BOX = { left: 64, right: 12, top: 12, bottom: 46 };
const COLORS = 6;

function short(value) {
  const size = Math.abs(value);
  for (const [unit, name] of [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
    if (size >= unit) return `${Number((value / unit).toFixed(1))}${name}`;
  }
  return String(Number(value.toFixed(2)));
}

/** As much of a label as has room in so many pixels. */
function fit(name, room) {
  const most = Math.floor(room / 6.4);
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}

/** A label in one line, or where it has no room in two, below `y`. */
function label(name, x, y, room) {
  const space = name.length * 6.4 > room ? name.indexOf(" ") : -1;
  const lines = space < 0 ? [name] : [name.slice(0, space), name.slice(space + 1)];
  const line = (text, row) => s("tspan", { x, dy: row ? 12 : 0 }, fit(text, room));
  return s("text", { class: "tick", x, y, "text-anchor": "middle" }, lines.map(line));
}

/** Round steps from at most `low` to at least `high`. */
function ticks(low, high) {
  const rough = (high - low) / 4 || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((each) => each * power >= rough) * power;
  const found = [];
  for (let at = Math.floor(low / step) * step; at < high + step; at += step) found.push(at);
  return found;
}

function frame(chart) {
  const { categories, x_label, y_label } = chart.axis_config;
  const all = chart.series.flatMap((series) => series.data.map((point) => point.value));
  const steps = ticks(Math.min(0, ...all), Math.max(...all, 0));
  const [low, high] = [steps[0], steps.at(-1)];
  const band = (WIDTH - BOX.left - BOX.right) / categories.length;
  const y = (value) => BOX.top + ((high - value) / (high - low)) * (HEIGHT - BOX.top - BOX.bottom);
  const middle = (index) => BOX.left + band * (index + 0.5);
  const every = Math.ceil((categories.length * 52) / (WIDTH - BOX.left));
  const grid = [
    steps.map((step) => s("line", { class: "grid", x1: BOX.left, x2: WIDTH - BOX.right, y1: y(step), y2: y(step) })),
    steps.map((step) => s("text", { class: "tick", x: BOX.left - 8, y: y(step) + 4, "text-anchor": "end" }, short(step))),
    categories.map((name, index) =>
      index % every ? null : label(name, middle(index), HEIGHT - BOX.bottom + 15, band * every),
    ),
    x_label ? s("text", { class: "axis", x: (BOX.left + WIDTH) / 2, y: HEIGHT - 6, "text-anchor": "middle" }, x_label) : null,
    y_label ? s("text", { class: "axis", transform: `translate(13 ${HEIGHT / 2 - 12}) rotate(-90)`, "text-anchor": "middle" }, y_label) : null,
  ];
  const values = (series) => categories.map((name) => series.data.find((point) => point.label === name)?.value ?? 0);
  return { categories, grid, band, y, middle, values };
}

const tip = (...parts) => s("title", {}, parts.join(" · "));

function bars(chart) {
  const { categories, grid, band, y, values } = frame(chart);
  const width = Math.min(46, (band * 0.72) / chart.series.length);
  const shapes = chart.series.map((series, order) =>
    values(series).map((value, index) => {
      const x = BOX.left + band * (index + 0.5) + width * (order - chart.series.length / 2);
      const [top, bottom] = [y(Math.max(value, 0)), y(Math.min(value, 0))];
      const shape = { x, y: top, width: Math.max(1, width - 2), height: Math.max(1, bottom - top), rx: 2 };
      return s("rect", { class: `color-${order % COLORS}`, ...shape }, tip(series.name, categories[index], value.toLocaleString()));
    }),
  );
  return [grid, shapes];
}

function lines(chart) {
  const { categories, grid, y, middle, values } = frame(chart);
  const shapes = chart.series.map((series, order) => {
    const points = values(series).map((value, index) => [middle(index), y(value), value, categories[index]]);
    const path = points.map(([x, top], index) => `${index ? "L" : "M"}${x} ${top}`).join("");
    const area = `${path}L${points.at(-1)[0]} ${y(0)}L${points[0][0]} ${y(0)}Z`;
    return [
      chart.type === "area" ? s("path", { class: `area color-${order % COLORS}`, d: area }) : null,
      s("path", { class: `line stroke-${order % COLORS}`, d: path }),
      points.map(([cx, cy, value, name]) =>
        s("circle", { class: `color-${order % COLORS}`, cx, cy, r: 3.5 }, tip(series.name, name, value.toLocaleString())),
      ),
    ];
  });
  return [grid, shapes];
}

function pie(chart) {
  const total = chart.segments.reduce((sum, segment) => sum + segment.value, 0);
  const [cx, cy, r] = [WIDTH / 2, HEIGHT / 2, HEIGHT / 2 - 10];
  let turned = -Math.PI / 2;
  return chart.segments.map(({ label, value }, order) => {
    const share = value / total;
    const told = tip(label, value.toLocaleString(), `${(share * 100).toFixed(1)} %`);
    if (share > 0.9999) return s("circle", { class: `color-${order}`, cx, cy, r }, told);
    const point = (angle) => `${cx + r * Math.cos(angle)} ${cy + r * Math.sin(angle)}`;
    const end = turned + share * 2 * Math.PI;
    const d = `M${cx} ${cy}L${point(turned)}A${r} ${r} 0 ${share > 0.5 ? 1 : 0} 1 ${point(end)}Z`;
    turned = end;
    return s("path", { class: `slice color-${order % COLORS}`, d }, told);
  });
}

const CHARTS = { bar: bars, line: lines, area: lines, pie };

function legend(chart) {
  const total = chart.segments?.reduce((sum, segment) => sum + segment.value, 0);
  const names = chart.segments
    ? chart.segments.map(({ label, value }) => `${label} (${((value / total) * 100).toFixed(1)} %)`)
    : chart.series.map((series) => series.name);
  return h("ul", { class: "legend" }, names.map((name, order) => h("li", {}, h("i", { class: `swatch back-${order % COLORS}` }), name)));
}

/** The node of a data_visualization block. */
export function chart(block) {
  const drawing = s(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "chart", role: "img", "aria-label": `Chart: ${block.title}` },
    CHARTS[block.chart.type](block.chart),
  );
  return h("figure", { class: "figure" }, h("figcaption", {}, block.title), drawing, legend(block.chart));
}
