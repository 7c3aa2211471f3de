// Comfort only: every page works without this file.
(function () {
  "use strict";

  // A table whose rows are drawn as blocks loses its meaning in some browsers; the roles give it back there.
  // They are set here and not in the HTML, where they would be redundant.
  const ROLES = [
    ["table", "table"],
    ["thead, tbody, tfoot", "rowgroup"],
    ["tr", "row"],
    ["thead th", "columnheader"],
    ["tbody th, tfoot th", "rowheader"],
    ["td", "cell"],
  ];

  function keepTables(root) {
    root.querySelectorAll("table.ft-table--blocks").forEach(function (table) {
      table.setAttribute("role", "table");
      ROLES.slice(1).forEach(function ([selector, role]) {
        table.querySelectorAll(selector).forEach((part) => part.setAttribute("role", role));
      });
    });
  }

  // After a partial reload the focus goes where it would have gone after a full one: to the findings.
  function focusFindings(root) {
    const findings = root.querySelector(".ft-findings");
    if (findings) {
      findings.focus();
    }
  }

  // Safari and Firefox print folded parts folded; open them for the time of printing.
  function unfold() {
    document.querySelectorAll("main details:not([open])").forEach(function (part) {
      part.open = true;
      part.dataset.folded = "";
    });
  }

  function fold() {
    document.querySelectorAll("main details[data-folded]").forEach(function (part) {
      part.open = false;
      delete part.dataset.folded;
    });
  }

  keepTables(document);
  document.addEventListener("htmx:afterSwap", function (event) {
    keepTables(event.target);
    focusFindings(event.target);
  });
  window.addEventListener("beforeprint", unfold);
  window.addEventListener("afterprint", fold);
})();
