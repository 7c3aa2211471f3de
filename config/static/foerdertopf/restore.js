// What an earlier tab typed and could not save is brought back: the server puts it together with what it has.
(function () {
  "use strict";

  const draft = window.ftDraft;
  const form = document.querySelector("form[data-draft]");
  if (!draft || !form) {
    return;
  }

  const start = draft.key.split(":").slice(0, 3).join(":") + ":";
  const tab = draft.key.split(":")[3];
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("ft-draft") : null;
  const alive = new Set();

  // A tab that is still open looks after its own text.
  if (channel) {
    channel.addEventListener("message", function ({ data }) {
      if (data.ask) {
        channel.postMessage({ alive: tab });
      } else if (data.alive) {
        alive.add(data.alive);
      }
    });
    channel.postMessage({ ask: true });
  }

  function bring(entry) {
    window.ftKept.put(entry.key, { ...entry, tries: (entry.tries ?? 0) + 1 });
    const carrier = document.createElement("form");
    carrier.method = "post";
    carrier.action = location.pathname;
    carrier.hidden = true;
    const own = { base: entry.base, version: entry.version, tab: entry.tab, person: entry.person, restore: "1" };
    const token = ["csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value];
    for (const [name, value] of [...entry.fields, ...Object.entries(own), token]) {
      const field = document.createElement("textarea"); // keeps line ends, unlike a hidden input
      field.name = name;
      field.value = value;
      carrier.append(field);
    }
    document.body.append(carrier);
    carrier.submit();
  }

  function offer(entry) {
    const when = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
    const box = draft.notice("kept", when.format(entry.at));
    box.querySelector("[data-bring]").addEventListener("click", () => bring(entry));
    box.querySelector("[data-drop]").addEventListener("click", function () {
      window.ftKept.drop(entry.key);
      box.remove();
    });
  }

  function look() {
    const kept = window.ftKept.all(start).filter((entry) => entry.tab !== tab && !alive.has(entry.tab));
    kept
      .filter((entry) => JSON.stringify(entry.fields) === JSON.stringify(draft.fields()))
      .forEach((entry) => window.ftKept.drop(entry.key));
    const entry = kept
      .filter((found) => JSON.stringify(found.fields) !== JSON.stringify(draft.fields()))
      .sort((one, other) => one.at - other.at)[0];
    if (!entry) {
      return;
    }
    if (entry.tries || draft.isDirty() || document.querySelector(".ft-findings")) {
      offer(entry);
    } else {
      bring(entry);
    }
  }

  setTimeout(look, channel ? 400 : 0);
})();
