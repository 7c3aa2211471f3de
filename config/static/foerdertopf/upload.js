// Several files with their progress. Without this file the form sends them all the same, only silently.
(function () {
  "use strict";

  function progressOf(event) {
    const form = event.target.closest("form[data-uploads]");
    return form ? form.querySelector("progress") : null;
  }

  document.addEventListener("htmx:xhr:progress", function (event) {
    const bar = progressOf(event);
    if (bar && event.detail.lengthComputable) {
      bar.hidden = false;
      bar.value = Math.round((event.detail.loaded / event.detail.total) * 100);
    }
  });

  // A list that has grown is said aloud; what went wrong gets the focus from the page's own script.
  document.addEventListener("htmx:afterSwap", function (event) {
    const list = event.target.querySelector("#hochgeladen");
    if (list && !event.target.querySelector(".ft-findings")) {
      list.focus();
    }
  });
})();
