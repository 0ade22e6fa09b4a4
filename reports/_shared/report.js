// Draws the charts, lights up the current section, switches between light and dark.
(function () {
  "use strict";
  var root = document.documentElement;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");

  function isDark() {
    var chosen = root.dataset.theme;
    return chosen ? chosen === "dark" : dark.matches;
  }

  // Theme ------------------------------------------------------------------------------------
  var button = document.getElementById("theme");
  if (button) {
    button.hidden = false;
    button.setAttribute("aria-pressed", String(isDark()));
    button.addEventListener("click", function () {
      var next = isDark() ? "light" : "dark";
      root.dataset.theme = next;
      button.setAttribute("aria-pressed", String(next === "dark"));
      try { localStorage.setItem("report-theme", next); } catch (error) { /* private window */ }
      redraw();
    });
  }
  dark.addEventListener("change", function () {
    if (button) button.setAttribute("aria-pressed", String(isDark()));
    redraw();
  });

  // Tabs: Quarto makes them, and leaves it to its own themes to open one at a time -------------
  document.querySelectorAll(".panel-tabset").forEach(function (set) {
    var list = set.querySelector("ul");
    var tabs = Array.prototype.slice.call(list.querySelectorAll("a"));
    var panels = tabs.map(function (tab) { return document.getElementById(tab.hash.slice(1)); });
    function open(chosen) {
      tabs.forEach(function (tab, i) {
        tab.setAttribute("aria-selected", String(i === chosen));
        tab.tabIndex = i === chosen ? 0 : -1;
        panels[i].hidden = i !== chosen;
      });
    }
    list.setAttribute("role", "tablist");
    tabs.forEach(function (tab, i) {
      tab.id = panels[i].id + "-tab";
      tab.parentNode.setAttribute("role", "presentation");
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", panels[i].id);
      panels[i].setAttribute("role", "tabpanel");
      panels[i].setAttribute("aria-labelledby", tab.id);
      panels[i].dataset.title = tab.textContent;
      tab.addEventListener("click", function (event) { event.preventDefault(); open(i); });
      tab.addEventListener("keydown", function (event) {
        var step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        var next = (i + step + tabs.length) % tabs.length;
        open(next);
        tabs[next].focus();
      });
    });
    open(0);
  });

  // Contents ---------------------------------------------------------------------------------
  var contents = document.querySelector("#TOC details");
  var links = Array.prototype.slice.call(document.querySelectorAll("#TOC a[href^='#']"));
  var wide = window.matchMedia("(min-width: 62.01rem)");
  function fold() { if (contents) contents.open = wide.matches; }
  fold();
  wide.addEventListener("change", fold);
  if (contents) {
    contents.querySelector("summary").addEventListener("click", function (event) {
      if (wide.matches) event.preventDefault();
    });
    contents.addEventListener("click", function (event) {
      if (!wide.matches && event.target.closest("a")) contents.open = false;
    });
  }
  var headings = links.map(function (link) {
    return document.getElementById(decodeURIComponent(link.hash.slice(1)));
  });
  function mark() {
    var current = 0;
    headings.forEach(function (heading, i) {
      if (heading && heading.getBoundingClientRect().top < window.innerHeight * 0.3) current = i;
    });
    links.forEach(function (link, i) {
      link.classList.toggle("here", i === current);
      if (i === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
    document.querySelectorAll("#TOC li").forEach(function (item) {
      item.classList.toggle("open", !wide.matches || item.querySelector("a.here") !== null);
    });
  }
  var waiting = false;
  function soon() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(function () { waiting = false; mark(); });
  }
  if (links.length) {
    mark();
    window.addEventListener("scroll", soon, { passive: true });
    window.addEventListener("resize", soon);
  }

  // Quarto writes "Figure 1: finding" as one text: the number goes on its own line here too. ------
  document.querySelectorAll("figcaption.quarto-float-caption").forEach(function (caption) {
    var first = caption.firstChild;
    var found = first && first.nodeType === 3 && /^\s*(\S+\s[\d.]+)(:)\s/.exec(first.data);
    if (!found) return;
    first.data = first.data.slice(found[0].length);
    var label = document.createElement("span");
    label.className = "caption-label";
    label.textContent = found[1];
    var delim = document.createElement("span");
    delim.className = "caption-delim";
    delim.textContent = ":";
    label.appendChild(delim);
    caption.insertBefore(document.createTextNode(" "), first);
    caption.insertBefore(label, caption.firstChild);
  });

  // Wide tables scroll inside their own box, reachable with the keyboard ----------------------
  document.querySelectorAll("main table").forEach(function (table) {
    var box = table.closest(".table-scroll");
    if (!box) {
      box = document.createElement("div");
      box.className = "table-scroll";
      table.parentNode.insertBefore(box, table);
      box.appendChild(table);
    }
    function check() {
      if (box.scrollWidth > box.clientWidth + 1) {
        var caption = (box.closest("figure") || box).querySelector("figcaption");
        box.tabIndex = 0;
        box.setAttribute("role", "region");
        box.setAttribute("aria-label", caption ? caption.textContent.trim() : table.rows[0].textContent.trim());
      } else {
        box.removeAttribute("tabindex");
        box.removeAttribute("role");
        box.removeAttribute("aria-label");
      }
    }
    check();
    window.addEventListener("resize", check);
  });

  // Charts -----------------------------------------------------------------------------------
  var probe = document.createElement("span");
  probe.hidden = true;
  document.body.appendChild(probe);
  var known = {};
  function colour(name) {
    if (!(name in known)) {
      probe.style.color = "var(" + name + ")";
      known[name] = getComputedStyle(probe).color;
    }
    return known[name];
  }
  function resolve(value) {
    if (typeof value === "string") {
      return value.indexOf("var(--") < 0 ? value : value.replace(/var\((--[\w-]+)\)/g, function (all, name) {
        return colour(name);
      });
    }
    if (Array.isArray(value)) return value.map(resolve);
    if (value && typeof value === "object") {
      var copy = {};
      Object.keys(value).forEach(function (key) { copy[key] = resolve(value[key]); });
      return copy;
    }
    return value;
  }
  function fill(target, defaults) {
    Object.keys(defaults).forEach(function (key) {
      var value = defaults[key];
      if (target[key] === undefined) target[key] = value;
      else if (value && typeof value === "object" && !Array.isArray(value)) fill(target[key], value);
    });
    return target;
  }
  // The library is in the page compressed; it is unpacked when the first chart comes near.
  var loading;
  function library() {
    if (window.Plotly) return Promise.resolve(window.Plotly);
    var stored = document.getElementById("plotly");
    if (!loading && stored && "DecompressionStream" in window) {
      var text = atob(stored.textContent.trim());
      var bytes = Uint8Array.from(text, function (letter) { return letter.charCodeAt(0); });
      var stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
      loading = new Response(stream).text().then(function (source) {
        var script = document.createElement("script");
        script.text = source;
        document.head.appendChild(script);
        return window.Plotly;
      });
    }
    return loading || Promise.resolve(null);
  }
  function look(layout, box) {
    var narrow = box.clientWidth < 520;
    fill(layout, {
      font: { family: getComputedStyle(document.body).fontFamily, size: narrow ? 12 : 13, color: colour("--ink") },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      margin: { l: 8, r: narrow ? 12 : 24, t: 12, b: 8 },
      showlegend: false,
      dragmode: false,
      hoverlabel: {
        bgcolor: colour("--bg"), bordercolor: colour("--muted"), align: "left",
        font: { family: getComputedStyle(document.body).fontFamily, size: 13, color: colour("--ink") }
      }
    });
    fill(layout, { xaxis: {}, yaxis: {} });
    Object.keys(layout).filter(function (key) { return /^[xy]axis\d*$/.test(key); }).forEach(function (key) {
      fill(layout[key], {
        automargin: true, fixedrange: true, gridcolor: colour("--grid"), linecolor: colour("--rule"),
        zerolinecolor: colour("--rule"), tickcolor: colour("--rule"), tickfont: { color: colour("--muted") }
      });
    });
    layout.height = box.dataset.height ? Number(box.dataset.height) : 360;
    layout.autosize = true;
    return layout;
  }
  function draw(box) {
    library().then(function (plotly) { if (plotly) drawWith(plotly, box); });
  }
  function drawWith(plotly, box) {
    var chart = box.closest(".chart") || box.parentNode;
    var spec = resolve(JSON.parse(box.querySelector("script[type='application/json']").textContent));
    var image = chart.querySelector("img");
    var canvas = box.querySelector(".canvas");
    if (!canvas) {
      canvas = document.createElement("div");
      canvas.className = "canvas";
      canvas.setAttribute("role", "img");
      if (image) canvas.setAttribute("aria-label", image.alt);
      box.appendChild(canvas);
    }
    chart.classList.add("drawn");
    plotly.react(canvas, spec.data, look(spec.layout || {}, box), {
      displayModeBar: false, responsive: true, showTips: false, doubleClick: false, scrollZoom: false
    });
    box.dataset.drawn = "yes";
  }
  var boxes = Array.prototype.slice.call(document.querySelectorAll(".plot"));
  function redraw() {
    known = {};
    boxes.forEach(function (box) { if (box.dataset.drawn) draw(box); });
  }
  if ("IntersectionObserver" in window) {
    var watcher = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) {
        if (!entry.isIntersecting) return;
        watcher.unobserve(entry.target);
        draw(entry.target.querySelector(".plot"));
      });
    }, { rootMargin: "600px 0px" });
    boxes.forEach(function (box) { watcher.observe(box.closest(".chart") || box.parentNode); });
  } else {
    boxes.forEach(draw);
  }
})();
