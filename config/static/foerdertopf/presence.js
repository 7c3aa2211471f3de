// Who else has this draft open. The page says so when it comes; this file asks again every twenty seconds.
(function () {
  "use strict";

  const PAUSE = 20000; // milliseconds

  // The place is looked for each time: a page that is put in by htmx brings a new one.
  function place() {
    return document.querySelector("[data-here]");
  }

  function show(sentences) {
    const here = place();
    if (!here || here.textContent.trim() === sentences.join("")) {
      return;
    }
    const lines = sentences.map(function (sentence) {
      const line = document.createElement("p");
      line.className = "ft-small";
      line.textContent = sentence;
      return line;
    });
    here.replaceChildren(...lines);
  }

  function tell(isLoggedOut) {
    document.dispatchEvent(new CustomEvent("ft:presence", { detail: { isLoggedOut } }));
  }

  async function ask() {
    const here = place();
    if (!here || document.visibilityState !== "visible") {
      return;
    }
    try {
      const answer = await fetch(here.dataset.here, { headers: { "X-Autosave": "1" }, redirect: "manual" });
      if (answer.status === 401) {
        tell(true);
      } else if (answer.ok) {
        show((await answer.json()).here);
        tell(false);
      }
    } catch {
      // no network: the next saving will say so
    }
  }

  setInterval(ask, PAUSE);
  window.ftPresence = { show };
})();
