// A draft saves itself. The server decides what is saved; this script sends, says how it went, and loses nothing.
(function () {
  "use strict";

  const form = document.querySelector("form[data-draft]");
  const state = document.querySelector(".ft-save");
  const notices = document.querySelector("[data-notices]");
  if (!form || !state || !notices || !window.ftKept || !window.ftPresence) {
    return;
  }

  const PAUSE = 1500; // milliseconds after the last key
  const LONGEST_WAIT = 60000;
  const CONTROLS = new Set(["csrfmiddlewaretoken", "base", "version", "tab", "person"]);
  const address = location.pathname;
  const [, , application, , section] = address.split("/");
  const key = [form.elements.person.value, application, section, form.elements.tab.value].join(":");

  const page = { saved: fields(), sending: null, timer: 0, wait: 0, isStopped: false, passes: false, mood: "" };

  function fields() {
    return [...new FormData(form)].filter(([name]) => !CONTROLS.has(name)).map(([name, value]) => [name, String(value)]);
  }

  function same(one, other) {
    return JSON.stringify(one) === JSON.stringify(other);
  }

  function isDirty() {
    return !same(page.saved, fields());
  }

  // What is said

  function template(name) {
    return document.querySelector(`template[data-text="${name}"]`).content.cloneNode(true);
  }

  // One quiet voice for screen readers: at most every five seconds, and never the same twice.
  const voice = document.createElement("p");
  voice.className = "kern-sr-only";
  voice.setAttribute("role", "status");
  state.after(voice);
  state.removeAttribute("role");
  let spoken = 0;
  let speaking = 0;

  function say(text) {
    clearTimeout(speaking);
    const pause = Math.max(0, spoken + 5000 - Date.now());
    speaking = setTimeout(function () {
      spoken = Date.now();
      if (voice.textContent !== text) {
        voice.textContent = text;
      }
    }, pause);
  }

  function show(mood, html) {
    const words = html ?? template(mood).querySelector(".ft-save").innerHTML;
    if (state.innerHTML !== words) {
      state.innerHTML = words;
    }
    if (mood !== "saving" && mood !== page.mood) {
      say(state.textContent.trim()); // a first "saved", a failure, and that it is over; the rest would only disturb
    }
    page.mood = mood === "saving" ? page.mood : mood;
  }

  function notice(name, said) {
    const old = notices.querySelector(`[data-notice="${name}"]`);
    if (old) {
      return old;
    }
    const box = document.createElement("div");
    box.dataset.notice = name;
    box.tabIndex = -1;
    box.append(template(name));
    if (said) {
      box.querySelector("[data-said]").textContent = said;
    }
    notices.append(box);
    say(box.textContent.replace(/\s+/g, " ").trim());
    return box;
  }

  function clear(...names) {
    names.forEach((name) => notices.querySelector(`[data-notice="${name}"]`)?.remove());
  }

  // Keeping

  function keep() {
    const { base, version, tab, person } = form.elements;
    const entry = { at: Date.now(), fields: fields(), base: base.value, version: version.value };
    page.isKept = window.ftKept.put(key, { ...entry, tab: tab.value, person: person.value, address });
  }

  function schedule(pause) {
    clearTimeout(page.timer);
    page.timer = setTimeout(save, pause);
  }

  function changed(pause) {
    if (isDirty()) {
      keep();
      if (!page.isStopped) {
        schedule(pause);
      }
    }
  }

  // Sending

  function token() {
    const found = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    return found ? found[1] : form.elements.csrfmiddlewaretoken.value;
  }

  function save() {
    if (page.sending) {
      return page.sending;
    }
    clearTimeout(page.timer);
    if (!isDirty()) {
      return Promise.resolve("saved");
    }
    show("saving");
    page.sending = send(fields()).finally(function () {
      page.sending = null;
    });
    return page.sending;
  }

  async function send(sent) {
    form.elements.csrfmiddlewaretoken.value = token(); // after a new log-in in another tab the old one is void
    const body = new FormData(form);
    let answer;
    let told;
    try {
      answer = await fetch(address, {
        method: "POST",
        body,
        headers: { "X-Autosave": "1", "X-CSRFToken": token(), Accept: "application/json" },
        redirect: "manual",
        keepalive: document.visibilityState === "hidden",
        signal: AbortSignal.timeout(20000),
      });
      told = await answer.json().catch(() => ({}));
    } catch {
      return failed();
    }
    return heard(answer, told, sent);
  }

  function heard(answer, told, sent) {
    if (told.version !== undefined) {
      return saved(told, sent);
    }
    if (answer.status === 401 || told.reason === "stale" || answer.type === "opaqueredirect") {
      return loggedOut();
    }
    if (answer.status === 409) {
      page.isStopped = true;
      notice("conflict", told.said);
      show("unsaved");
      return "conflict";
    }
    if (told.reason === "refused") {
      page.isStopped = true;
      notice("refused", told.said);
      show("unsaved");
      return "refused";
    }
    return failed();
  }

  function failed() {
    show(page.isKept === false ? "open" : "failed");
    page.wait = Math.min(Math.max(2000, page.wait * 2), LONGEST_WAIT);
    schedule(page.wait);
    return "failed";
  }

  function loggedOut() {
    notice("logged-out");
    show("failed");
    schedule(LONGEST_WAIT);
    return "logged-out";
  }

  function saved(told, sent) {
    const isUnchanged = same(sent, fields());
    page.wait = 0;
    clear("logged-out", "offline");
    learn(told, sent);
    page.saved = isUnchanged ? fields() : sent;
    if (isUnchanged && !Object.keys(told.errors).length) {
      window.ftKept.drop(key);
    } else {
      keep();
    }
    if (!isUnchanged) {
      schedule(PAUSE);
    }
    show(Object.keys(told.errors).length ? "unreadable" : "saved", told.state);
    return "saved";
  }

  // What the server has told

  function learn(told, sent) {
    form.elements.version.value = told.version;
    for (const [place, pk] of Object.entries(told.lines)) {
      const field = form.elements[`${place}-pk`];
      if (field) {
        field.value = pk;
      }
    }
    const untouched = new Map(sent);
    const missed = Object.entries(told.others).filter(([name, text]) => !takeOver(name, text, told.base, untouched));
    form.elements.base.value = JSON.stringify(told.base);
    if (missed.length || told.new.length) {
      notice("others");
    }
    steps(told.steps);
    window.ftPresence.show(told.here);
    remarks(told.remarks);
    sums(told);
  }

  // What somebody else wrote into a plain field appears here, unless somebody is typing there just now.
  function takeOver(name, text, base, untouched) {
    const field = form.elements[name];
    if (!(field instanceof HTMLElement) || typeof text !== "string" || field.type === "checkbox") {
      return false;
    }
    if (field === document.activeElement || field.value !== (untouched.get(name) ?? "")) {
      return false;
    }
    field.value = text;
    base[name] = text;
    return true;
  }

  function steps(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    document.querySelectorAll(".ft-steps ol").forEach(function (list, number) {
      const other = fresh.querySelectorAll(".ft-steps ol")[number];
      if (other && list.innerHTML !== other.innerHTML) {
        list.innerHTML = other.innerHTML;
      }
    });
  }

  // What the programme's check says to the answers of this step: said once when it is new, and gone when it is over.
  function remarks(html) {
    const words = (place) => [...place.querySelectorAll("li")].map((line) => line.firstChild.textContent.trim()).join(" ");
    const box = document.querySelector("[data-remarks]");
    const fresh = new DOMParser().parseFromString(html, "text/html").body;
    if (!box || words(box) === words(fresh)) {
      return;
    }
    box.replaceChildren(...fresh.childNodes);
    if (words(box)) {
      say(words(box));
    }
  }

  function sums(told) {
    if (!told.sums) {
      return;
    }
    for (const [place, amount] of Object.entries(told.amounts)) {
      const line = form.elements[`${place}-pk`]?.closest("fieldset")?.querySelector(".ft-plan__total");
      if (line) {
        line.lastChild.textContent = amount;
      }
    }
    const totals = form.querySelectorAll(".ft-plan__sum > :last-child");
    [told.sums.costs, told.sums.sources].forEach(function (sum, number) {
      if (totals[number]) {
        totals[number].textContent = sum;
      }
    });
    const balance = form.querySelector("[data-balance]");
    balance.removeAttribute("role");
    if (balance.innerHTML.trim() !== told.balance.trim()) {
      balance.innerHTML = told.balance;
      say(balance.querySelector(".ft-balance").textContent.replace(/\s+/g, " ").trim());
    }
  }

  // Going on: first what is typed goes to the server by script, so that a lost network loses no page.

  async function submit(event) {
    if (page.passes || page.isStopped || (!isDirty() && !page.sending)) {
      return;
    }
    event.preventDefault();
    const button = event.submitter;
    let came = page.sending ? await page.sending : "saved";
    if (isDirty() && came === "saved") {
      came = await save();
    }
    if (came === "failed") {
      notice("offline").focus();
    } else if (came === "logged-out") {
      notice("logged-out").focus();
    } else {
      page.passes = true;
      form.requestSubmit(button);
    }
  }

  form.addEventListener("input", () => changed(PAUSE));
  form.addEventListener("change", () => changed(100));
  form.addEventListener("submit", submit);
  window.addEventListener("online", save);
  window.addEventListener("focus", save);
  document.addEventListener("visibilitychange", save);
  window.addEventListener("pageshow", function () {
    page.passes = false;
  });
  document.addEventListener("ft:presence", function (event) {
    if (event.detail.isLoggedOut) {
      notice("logged-out");
    } else {
      clear("logged-out");
    }
  });
  window.ftDraft = { key, fields, isDirty, notice };
})();
