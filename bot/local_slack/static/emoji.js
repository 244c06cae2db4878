// The emoji that are likely in a bot's messages, by Slack's short names.

const EMOJI = {
  "+1": "👍", "-1": "👎", thumbsup: "👍", thumbsdown: "👎", white_check_mark: "✅", heavy_check_mark: "✔️",
  ballot_box_with_check: "☑️", x: "❌", negative_squared_cross_mark: "❎", warning: "⚠️", no_entry: "⛔",
  no_entry_sign: "🚫", question: "❓", grey_question: "❔", exclamation: "❗", information_source: "ℹ️",
  bulb: "💡", bell: "🔔", no_bell: "🔕", mag: "🔍", mag_right: "🔎", hourglass: "⌛",
  hourglass_flowing_sand: "⏳", stopwatch: "⏱️", alarm_clock: "⏰", clock1: "🕐", rocket: "🚀", tada: "🎉",
  fire: "🔥", boom: "💥", zap: "⚡", eyes: "👀", wave: "👋", pray: "🙏", ok_hand: "👌", muscle: "💪",
  smile: "😄", slightly_smiling_face: "🙂", grinning: "😀", thinking_face: "🤔", sweat_smile: "😅", cry: "😢",
  disappointed: "😞", robot_face: "🤖", ghost: "👻", heart: "❤️", star: "⭐", sparkles: "✨", lock: "🔒",
  unlock: "🔓", closed_lock_with_key: "🔐", key: "🔑", shield: "🛡️", globe_with_meridians: "🌐",
  earth_americas: "🌎", cloud: "☁️", computer: "💻", desktop_computer: "🖥️", satellite_antenna: "📡",
  electric_plug: "🔌", gear: "⚙️", wrench: "🔧", hammer: "🔨", link: "🔗", paperclip: "📎", pushpin: "📌",
  memo: "📝", clipboard: "📋", page_facing_up: "📄", bar_chart: "📊", chart_with_upwards_trend: "📈",
  chart_with_downwards_trend: "📉", file_folder: "📁", open_file_folder: "📂", package: "📦",
  wastebasket: "🗑️", calendar: "📅", date: "📅", moneybag: "💰", dollar: "💵", red_circle: "🔴",
  large_orange_circle: "🟠", large_yellow_circle: "🟡", large_green_circle: "🟢", large_blue_circle: "🔵",
  white_circle: "⚪", black_circle: "⚫", large_green_square: "🟩", large_red_square: "🟥",
  large_yellow_square: "🟨", arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️", arrow_down: "⬇️",
  arrows_counterclockwise: "🔄", left_right_arrow: "↔️", repeat: "🔁", stop_button: "⏹️",
  octagonal_sign: "🛑", construction: "🚧", rotating_light: "🚨", green_heart: "💚", speech_balloon: "💬",
  newspaper: "📰", snail: "🐌", turtle: "🐢", zzz: "💤", 100: "💯", point_right: "👉", point_down: "👇",
};

/** The emoji of a short name, or the name between colons where it is not known. */
export function emoji(name) {
  return EMOJI[name] || `:${name}:`;
}

/** A text with its short names replaced. */
export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (written, name) => EMOJI[name] || written);
}
