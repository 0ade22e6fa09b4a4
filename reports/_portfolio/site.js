// Finds projects by theme, technique and word; copies code. Without it, everything is shown.
(function () {
  "use strict";

  document.querySelectorAll("button[data-copy]").forEach(function (button) {
    if (!navigator.clipboard) return;
    var words = button.textContent;
    button.hidden = false;
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent).then(function () {
        button.textContent = button.dataset.done;
        setTimeout(function () { button.textContent = words; }, 2000);
      });
    });
  });

  // A drawing that is broader than the phone scrolls in its own box, with the keyboard too.
  document.querySelectorAll(".drawing").forEach(function (box) {
    function check() {
      if (box.scrollWidth > box.clientWidth + 1) {
        box.tabIndex = 0;
        box.setAttribute("role", "group");
        box.setAttribute("aria-label", box.querySelector("img").alt);
      } else {
        box.removeAttribute("tabindex");
        box.removeAttribute("role");
        box.removeAttribute("aria-label");
      }
    }
    check();
    window.addEventListener("resize", check);
  });

  var tools = document.getElementById("tools");
  if (!tools) return;
  var query = document.getElementById("query");
  var status = document.getElementById("status");
  var again = document.getElementById("again");
  var chips = Array.prototype.slice.call(tools.querySelectorAll(".chip"));
  var cards = Array.prototype.slice.call(document.querySelectorAll(".card"));
  var texts = {};
  cards.forEach(function (card) { texts[card.dataset.slug] = folded(card.textContent); });

  // Accents and case make no difference.
  function folded(text) { return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase(); }

  // The words of all projects come as a script: a page opened from disk may not fetch a file.
  var asked = false;
  function whole() {
    if (asked) return;
    asked = true;
    var script = document.createElement("script");
    script.src = "assets/search.js";
    script.onload = function () {
      (window.portfolioSearch || []).forEach(function (entry) {
        texts[entry.slug] = folded(Object.values(entry).join(" "));
      });
      show();
    };
    document.head.appendChild(script);
  }

  function pressed(group) {
    return chips.filter(function (chip) {
      return chip.dataset.group === group && chip.getAttribute("aria-pressed") === "true";
    });
  }

  function fits(card, group) {
    var wanted = pressed(group);
    var has = (card.dataset[group] || "").split(" ");
    return !wanted.length || wanted.some(function (chip) { return has.indexOf(chip.dataset.key) >= 0; });
  }

  function show() {
    var words = folded(query.value).split(/\s+/).filter(Boolean);
    var shown = 0;
    cards.forEach(function (card) {
      var text = texts[card.dataset.slug];
      var on = fits(card, "theme") && fits(card, "technique") &&
        words.every(function (word) { return text.indexOf(word) >= 0; });
      card.hidden = !on;
      if (on) shown += 1;
    });
    var narrowed = words.length > 0 || pressed("theme").length + pressed("technique").length > 0;
    again.hidden = !narrowed;
    var said = !narrowed ? status.dataset.all : shown ? status.dataset.some : status.dataset.none;
    said = said.replace("{n}", shown).replace("{all}", cards.length);
    if (status.textContent !== said) status.textContent = said;
  }

  // The address keeps what was asked for, so that it can be sent to somebody.
  function keep() {
    var hash = new URLSearchParams();
    ["theme", "technique"].forEach(function (group) {
      pressed(group).forEach(function (chip) { hash.append(group, chip.dataset.value); });
    });
    if (query.value.trim()) hash.set("q", query.value.trim());
    var text = hash.toString();
    history.replaceState(null, "", text ? "#" + text : location.pathname + location.search);
  }

  function recall() {
    var hash = new URLSearchParams(location.hash.slice(1));
    chips.forEach(function (chip) {
      var on = hash.getAll(chip.dataset.group).indexOf(chip.dataset.value) >= 0;
      chip.setAttribute("aria-pressed", String(on));
    });
    query.value = hash.get("q") || "";
    if (query.value) whole();
    show();
  }

  chips.forEach(function (chip) {
    chip.addEventListener("click", function () {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      show();
      keep();
    });
  });
  query.addEventListener("focus", whole);
  query.addEventListener("input", function () { whole(); show(); keep(); });
  tools.addEventListener("submit", function (event) { event.preventDefault(); });
  document.getElementById("reset").addEventListener("click", function () {
    chips.forEach(function (chip) { chip.setAttribute("aria-pressed", "false"); });
    query.value = "";
    show();
    keep();
    query.focus();
  });
  window.addEventListener("hashchange", function () { if (location.hash !== "#work") recall(); });

  tools.hidden = false;
  var wide = window.matchMedia("(min-width: 48.01rem)");
  function unfold() { document.getElementById("filters").open = wide.matches; }
  unfold();
  wide.addEventListener("change", unfold);
  recall();
  if (location.hash.indexOf("=") > 0) document.getElementById("work").scrollIntoView();
})();
