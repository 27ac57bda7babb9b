/* Passkeys: joins allauth's functions to the buttons that say so in their markup. */
(function () {
  "use strict";

  var forms = { add: "addForm", authenticate: "authenticateForm", login: "loginForm" };
  var failed = document.querySelector("[data-passkey-failed]");

  document.querySelectorAll("[data-passkey]").forEach(function (button) {
    if (!window.PublicKeyCredential) { button.disabled = true; return; }
    var ids = { credential: button.dataset.credential, data: "js_data", passwordless: button.dataset.alone };
    ids[button.dataset.passkey] = button.id;
    window.allauth.webauthn.forms[forms[button.dataset.passkey]]({ ids: ids });
    button.addEventListener("click", function () { failed.hidden = true; });
  });

  // The reader pressed «cancel», took too long, or has no key here.
  document.addEventListener("allauth.error", function (event) {
    event.preventDefault();
    failed.hidden = false;
  });
})();
