/* The little that HTMX and plain HTML cannot do. Every page works without this file. */
(function () {
  "use strict";

  // Menus made of <details>: one open at a time, closed by Escape or a click elsewhere.
  var menus = "details.menu[open], details.move[open], details.lang[open]";
  document.addEventListener("click", function (event) {
    document.querySelectorAll(menus).forEach(function (menu) {
      if (!menu.contains(event.target)) { menu.open = false; }
    });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") { return; }
    document.querySelectorAll(menus).forEach(function (menu) {
      var inside = menu.contains(document.activeElement);
      menu.open = false;
      if (inside) { menu.querySelector("summary").focus(); }
    });
  });

  // After a form that could not be saved, start where the errors are listed.
  function focusErrors(root) {
    var summary = (root || document).querySelector("[data-focus]");
    if (summary) { summary.focus(); }
  }
  focusErrors();
  document.addEventListener("htmx:afterSettle", function (event) { focusErrors(event.detail.elt); });

  // A button that prints says so in its markup.
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print]")) { window.print(); }
  });

  // A second press on the same submit button would send twice. The button is not disabled: it may carry the value.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented) { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    window.setTimeout(function () { delete form.dataset.sent; }, 4000);
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });

  // If the server cannot be reached, say it in the page, in the page's own words.
  document.addEventListener("htmx:sendError", function () {
    var place = document.getElementById("messages");
    var words = document.body.dataset.offline;
    if (!place || !words || place.querySelector("[data-offline-note]")) { return; }
    var note = document.createElement("div");
    note.className = "danger";
    note.setAttribute("role", "alert");
    note.setAttribute("data-offline-note", "");
    var text = document.createElement("p");
    text.textContent = words;
    note.appendChild(text);
    place.appendChild(note);
  });
}());
