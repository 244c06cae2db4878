// What this page knows, kept up to date by the server's events; and what a person does, told to the server.

const subscribers = new Set();
let pending = false;

export const store = {
  user: new URLSearchParams(location.search).get("user") || "ana",
  ready: false,
  online: false,
  users: new Map(),
  channels: new Map(),
  place: null, // a channel's id, or "home"
  thread: null, // the ts of the thread that is open
  unread: new Set(),
  views: [],
  home: null,
};

export function subscribe(render) {
  subscribers.add(render);
}

export function changed() {
  if (pending) return;
  pending = true;
  queueMicrotask(() => {
    pending = false;
    for (const render of subscribers) render();
  });
}

function takeState(state) {
  Object.assign(store, state, { ready: true });
  store.users = new Map(state.users.map((user) => [user.id, user]));
  store.channels = new Map(
    state.channels.map((channel) => [
      channel.id,
      { ...channel, messages: new Map(channel.messages.map((message) => [message.ts, message])) },
    ]),
  );
  if (!store.channels.has(store.place) && store.place !== "home") [store.place] = store.channels.keys();
  changed();
}

const HANDLERS = {
  message({ channel, message }) {
    const messages = store.channels.get(channel).messages;
    if (!messages.has(message.ts) && channel !== store.place) store.unread.add(channel);
    messages.set(message.ts, message);
  },
  message_deleted({ channel, ts }) {
    store.channels.get(channel).messages.delete(ts);
  },
  presence({ online }) {
    store.online = online;
  },
  views({ views }) {
    store.views = views;
  },
  home({ view }) {
    store.home = view;
  },
};

export function connect() {
  const events = new EventSource(`/page/events?user=${encodeURIComponent(store.user)}`);
  // The state is asked for once events are collected, so that nothing falls between the two.
  events.addEventListener("ready", async () => {
    const answer = await fetch(`/page/state?user=${encodeURIComponent(store.user)}`);
    if (answer.ok) takeState(await answer.json());
  });
  events.addEventListener("message", (event) => {
    if (!store.ready) return;
    const told = JSON.parse(event.data);
    HANDLERS[told.type]?.(told);
    changed();
  });
  events.addEventListener("error", () => {
    store.online = false;
    changed();
  });
}

/** Tell the server what the person did; answers its reply, with `ok` false and an `error` where it failed. */
export async function send(deed, body) {
  try {
    const answer = await fetch(`/page/${deed}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ user: store.user, ...body }),
    });
    return answer.ok ? await answer.json() : { ok: false, error: await answer.text() };
  } catch {
    return { ok: false, error: "the local Slack does not answer" };
  }
}

export function go(place, thread = null) {
  store.place = place;
  store.thread = thread;
  store.unread.delete(place);
  const path = place === "home" ? "/" : `/archives/${place}`;
  history.replaceState(null, "", `${path}?user=${encodeURIComponent(store.user)}`);
  changed();
}

export function userOf(message) {
  return store.users.get(message.user) || { id: message.user, name: message.user, real_name: message.user };
}

export function sorted(messages) {
  return [...messages].sort((a, b) => Number(a.ts) - Number(b.ts));
}
