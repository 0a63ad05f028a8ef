/* What CSS and htmx cannot: attention after a swap, messages that leave, copying, dialogs, and leaving quickly.
   Every page works without it. Behaviour is asked for by attributes, told of in docs/design.md. */
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("scripted");
  const toasts = () => document.getElementById("toasts");

  /** Say something at the foot of the window, to screen readers too; it leaves when closed or when the next comes. */
  function say(text) {
    const place = toasts();
    if (!place || !text) return;
    const line = document.createElement("p");
    const words = document.createElement("span");
    words.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = place.dataset.close;
    close.addEventListener("click", () => line.remove());
    line.append(words, close);
    place.replaceChildren(line);
  }

  /** The element a person should be at after a swap: the summary of errors, else what [data-focus] marks. */
  function attend(within) {
    const target = within.querySelector(".error-summary, [data-focus]") || (within.matches("[data-focus]") ? within : null);
    if (!target) return;
    if (!target.matches("a, button, input, select, textarea, [tabindex]")) target.tabIndex = -1;
    target.focus();
  }

  document.addEventListener("htmx:afterSettle", (event) => {
    attend(event.detail.elt);
    const said = event.detail.elt.querySelector("[data-say]");
    if (said) say(said.dataset.say);
  });
  document.addEventListener("htmx:beforeRequest", (event) => event.detail.elt.setAttribute("aria-busy", "true"));
  document.addEventListener("htmx:afterRequest", (event) => event.detail.elt.removeAttribute("aria-busy"));
  document.addEventListener("htmx:responseError", () => say(toasts()?.dataset.failed));
  document.addEventListener("htmx:sendError", () => say(toasts()?.dataset.offline));

  document.addEventListener("click", (event) => {
    const from = event.target instanceof Element ? event.target : null;
    const leave = from?.closest("[data-leave]");
    if (leave) {
      event.preventDefault();
      depart(leave);
      return;
    }
    const copy = from?.closest("[data-copy]");
    if (copy) {
      const text = document.getElementById(copy.dataset.copy)?.textContent.trim();
      if (text) navigator.clipboard?.writeText(text).then(() => say(toasts()?.dataset.copied));
    }
    const opener = from?.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  });

  /** Replace this page in the history, so that the back button does not return to it. */
  function depart(link) {
    document.body.hidden = true;
    window.location.replace(link.href);
  }

  let presses = [];
  document.addEventListener("keydown", (event) => {
    const link = event.key === "Escape" && document.querySelector("[data-leave]");
    if (!link) return;
    presses = [...presses.filter((at) => event.timeStamp - at < 1500), event.timeStamp];
    if (presses.length === 3) depart(link);
  });

  /* The section and the tab one is in are in view, where their row is wider than the window. */
  for (const here of document.querySelectorAll(":is(.sections, .tabs) [aria-current]")) {
    const row = here.closest(".sections, .tabs");
    const middle = here.getBoundingClientRect().left - row.getBoundingClientRect().left + row.scrollLeft;
    row.scrollLeft = middle - (row.clientWidth - here.offsetWidth) / 2;
  }
  const summary = document.querySelector("main .error-summary");
  if (summary) summary.focus();
})();
