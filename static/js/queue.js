/* Keys for the moderators' queue, and what to do when somebody else was quicker. Without it the page does the same. */
(() => {
  "use strict";
  const SELECTOR = { o: "[data-key=o]", p: "[data-key=p]", r: "[data-key=r]", t: "[data-key=t]" };
  /** Unfold whatever hides it: what somebody else has taken is decided behind a disclosure. */
  const reveal = (node) => {
    for (let at = node.parentElement.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
  };
  const typing = (node) => node.closest("input, select, textarea, [contenteditable]");

  /* Only while the focus is in the list, so that nobody who dictates or searches by typing sets one off. */
  document.addEventListener("keydown", (event) => {
    const from = event.target instanceof Element ? event.target : null;
    const here = from?.closest("#queue > li");
    if (!here || typing(from) || event.ctrlKey || event.altKey || event.metaKey) return;
    const key = event.key.toLowerCase();
    const to = { j: here.nextElementSibling, k: here.previousElementSibling }[key];
    if (to) {
      event.preventDefault();
      to.querySelector("h2").focus();
      return;
    }
    const target = SELECTOR[key] && here.querySelector(SELECTOR[key]);
    if (!target) return;
    event.preventDefault();
    if (key === "o") {
      target.parentElement.open = !target.parentElement.open;
      return;
    }
    if (key === "t" && target.matches("button")) {
      target.click();
      return;
    }
    reveal(target);
    (key === "r" ? target.parentElement.querySelector("select") : target).focus();
  });

  /* What was decided meanwhile is told on a page of its own: show that page in place of this one. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status !== 409) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
    event.detail.target = document.getElementById("main");
    event.detail.selectOverride = "#main";
    event.detail.swapOverride = "outerHTML";
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.elt.id === "main") event.detail.elt.focus();
  });
})();
