/* Passkeys: a form with data-passkey asks the browser for its answer before it is sent. */
(() => {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  /** The options as the browser takes them: what is written in letters becomes bytes. */
  function options(written) {
    const read = { ...written, challenge: bytes(written.challenge) };
    if (written.user) read.user = { ...written.user, id: bytes(written.user.id) };
    for (const list of ["excludeCredentials", "allowCredentials"]) {
      if (written[list]) read[list] = written[list].map((one) => ({ ...one, id: bytes(one.id) }));
    }
    return read;
  }

  /** The answer in letters. */
  function answer(credential) {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    }
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      response,
      clientExtensionResults: {},
    });
  }

  async function ask(form) {
    const asked = await fetch(form.dataset.options, {
      method: "POST",
      headers: { "X-CSRFToken": form.elements.csrf_token.value },
    });
    if (asked.redirected) return location.assign(asked.url);
    if (!asked.ok) throw new Error(asked.statusText);
    const publicKey = options(await asked.json());
    const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
    form.elements.credential.value = answer(credential);
    form.submit();
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-passkey]")) return;
    event.preventDefault();
    const said = form.querySelector("[role=status]");
    said.textContent = "";
    ask(form).catch(() => {
      said.textContent = form.dataset.failed;
    });
  });
})();
