/* Keys and dragging on the ranking page; the buttons do the same without either. */
(() => {
  "use strict";
  const item = (node) => (node instanceof Element ? node.closest(".my-ballot > li") : null);
  const press = (li, verb) => li.querySelector(`button[value^="${verb} "]`)?.click();

  document.addEventListener("keydown", (event) => {
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    const li = item(event.target);
    if (!li) return;
    event.preventDefault();
    press(li, event.key === "ArrowUp" ? "up" : "down");
  });

  /* From anywhere on the ballot back to the search, with what stands there selected: the next word replaces it. */
  document.addEventListener("keydown", (event) => {
    const search = document.getElementById("q");
    if (event.key !== "Escape" || !search || event.target === search || !event.target.closest?.("#booth")) return;
    event.preventDefault();
    search.focus();
    search.select();
  });

  /* What was taken out, or has moved to another list, takes its button along: attention goes to the ballot. */
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.elt.id === "booth" && document.activeElement === document.body) {
      document.getElementById("mine")?.focus({ preventScroll: true });
    }
  });

  let lifted = null;
  let above = null;
  const under = (event) => item(document.elementFromPoint(event.clientX, event.clientY));
  const mark = (li) => {
    above?.classList.remove("above");
    above = li && li !== lifted ? li : null;
    above?.classList.add("above");
  };
  document.addEventListener("pointerdown", (event) => {
    const grip = event.target instanceof Element ? event.target.closest("[data-grip]") : null;
    if (!grip || event.button) return;
    event.preventDefault();
    lifted = item(grip);
    lifted.classList.add("lifted");
    grip.setPointerCapture(event.pointerId);
  });
  document.addEventListener("pointermove", (event) => {
    if (lifted) mark(under(event));
  });
  document.addEventListener("pointercancel", () => {
    lifted?.classList.remove("lifted");
    mark(null);
    lifted = null;
  });
  document.addEventListener("pointerup", (event) => {
    if (!lifted) return;
    const target = under(event);
    lifted.classList.remove("lifted");
    mark(null);
    if (target && target !== lifted) {
      const places = [...document.querySelectorAll(".my-ballot > li")];
      lifted.querySelector('input[name="position"]').value = places.indexOf(target) + 1;
      press(lifted, "to");
    }
    lifted = null;
  });
})();
