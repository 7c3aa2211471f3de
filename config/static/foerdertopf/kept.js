// What was typed and is not saved yet stays in this browser until the server has it. Every page forgets what is saved,
// what belongs to an application that was handed in, and, at log-out, everything.
(function () {
  "use strict";

  const PREFIX = "ft-draft:";

  function store() {
    try {
      return window.localStorage;
    } catch {
      return null; // switched off in this browser
    }
  }

  function put(key, entry) {
    try {
      store().setItem(PREFIX + key, JSON.stringify(entry));
      return true;
    } catch {
      return false; // switched off, or full
    }
  }

  function keys() {
    const kept = store();
    return kept ? Object.keys(kept).filter((key) => key.startsWith(PREFIX)) : [];
  }

  function drop(key) {
    const kept = store();
    if (kept) {
      kept.removeItem(PREFIX + key);
    }
  }

  function all(start) {
    return keys()
      .filter((key) => key.startsWith(PREFIX + start))
      .map(function (key) {
        try {
          return { ...JSON.parse(store().getItem(key)), key: key.slice(PREFIX.length) };
        } catch {
          store().removeItem(key);
          return null;
        }
      })
      .filter((entry) => entry && Array.isArray(entry.fields));
  }

  function forget(test) {
    keys()
      .filter((key) => test(key))
      .forEach((key) => store().removeItem(key));
  }

  // The server says in a cookie which page of which tab it has saved: application.step.tab
  function forgetSaved() {
    const found = document.cookie.match(/(?:^|; )ft-saved=([^;]+)/);
    if (found) {
      const end = decodeURIComponent(found[1]).split(".").join(":");
      forget((key) => key.endsWith(":" + end));
      document.cookie = "ft-saved=; max-age=0; path=/; samesite=lax";
    }
  }

  const FILING = /^\/antraege\/([0-9a-f-]{36})\/einreichen\/$/;

  function watch(event) {
    const path = new URL(event.target.action, location.href).pathname;
    if (path.endsWith("/abmelden/")) {
      forget(() => true);
    }
    if (FILING.test(path)) {
      sessionStorage.setItem("ft-filing", path.match(FILING)[1]);
    }
  }

  function forgetFiled() {
    try {
      const key = sessionStorage.getItem("ft-filing");
      if (key && location.pathname === `/antraege/${key}/`) {
        forget((kept) => kept.includes(`:${key}:`));
      }
      sessionStorage.removeItem("ft-filing");
    } catch {
      // no storage, nothing to forget
    }
  }

  forgetSaved();
  forgetFiled();
  document.addEventListener("submit", watch);
  window.ftKept = { put, drop, all };
})();
