/* Looks for a receipt code in the list of all that begin with the same sign. The code never leaves this page. */
(function () {
  "use strict";

  var form = document.getElementById("find"), told = document.getElementById("found");
  if (!form || !window.fetch) { return; }
  form.hidden = false;
  function say(key) {
    told.hidden = false;
    told.querySelector("p").textContent = told.getAttribute("data-" + key);
  }
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var typed = form.querySelector("input").value.toLowerCase().replace(/[^0-9a-z]/g, "");
    if (!/^[0-9a-f]{20}$/.test(typed)) { say("wrong"); return; }
    var code = typed.match(/.{4}/g).join("-");
    fetch(form.getAttribute("data-lists").replace("X", typed.charAt(0)) + "koder/", { credentials: "omit", cache: "no-store" })
      .then(function (answer) { if (!answer.ok) { throw new Error("no list"); } return answer.text(); })
      .then(function (text) { say(text.split("\n").indexOf(code) >= 0 ? "yes" : "no"); })
      .catch(function () { say("offline"); });
  });
})();
