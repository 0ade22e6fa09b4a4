// Draws the charts, lights up the current section, folds the appendix, copies tables, switches
// between light and dark.
(function () {
  "use strict";
  var root = document.documentElement;
  var main = document.getElementById("content");
  var dark = window.matchMedia("(prefers-color-scheme: dark)");

  function isDark() {
    var chosen = root.dataset.theme;
    return chosen ? chosen === "dark" : dark.matches;
  }

  // Theme ------------------------------------------------------------------------------------
  var button = document.getElementById("theme");
  if (button) {
    button.hidden = false;
    name();
    button.addEventListener("click", function () {
      var next = isDark() ? "light" : "dark";
      root.dataset.theme = next;
      name();
      try { localStorage.setItem("report-theme", next); } catch (error) { /* private window */ }
      redraw();
    });
  }
  dark.addEventListener("change", function () {
    if (button) name();
    redraw();
  });
  // The button says what a press does.
  function name() { button.textContent = isDark() ? button.dataset.light : button.dataset.dark; }

  // The appendix is folded, section by section: search, links and print open it -----------------
  var appendix = document.getElementById("sec-appendix");
  var after = appendix ? Array.prototype.slice.call(document.querySelectorAll("main h2, main h3")) : [];
  after = after.slice(after.indexOf(appendix) + 1);
  for (var at = 0; at < after.length && after[at].tagName === "H3"; at += 1) foldable(after[at]);
  function foldable(heading) {
    var part = document.createElement("div");
    var next;
    while ((next = heading.nextSibling) && !(next.nodeType === 1 && /^H[23]$/.test(next.tagName))) part.appendChild(next);
    heading.after(part);
    part.id = heading.id ? heading.id + "-part" : "";
    part.className = "folded";
    var opener = document.createElement("button");
    opener.type = "button";
    opener.className = "opener";
    while (heading.firstChild) opener.appendChild(heading.firstChild);
    heading.appendChild(opener);
    if (part.id) opener.setAttribute("aria-controls", part.id);
    function show(open) {
      if (open) part.removeAttribute("hidden"); else part.setAttribute("hidden", "until-found");
      opener.setAttribute("aria-expanded", String(open));
    }
    function follow() {
      var wanted = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (!wanted || (wanted !== heading && !part.contains(wanted))) return;
      show(true);
      wanted.scrollIntoView();
    }
    show(false);
    opener.addEventListener("click", function () { show(opener.getAttribute("aria-expanded") !== "true"); });
    part.addEventListener("beforematch", function () { show(true); });
    window.addEventListener("hashchange", follow);
    follow();
  }

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

  // "Figure 1" and "Table 1" are links to themselves ------------------------------------------
  document.querySelectorAll("figcaption .caption-label").forEach(function (label) {
    var target = label.closest("[id^='fig-']:not(figcaption), [id^='tbl-']:not(figcaption)");
    if (!target) return;
    var link = document.createElement("a");
    link.className = "anchor";
    link.href = "#" + target.id;
    while (label.firstChild) link.appendChild(label.firstChild);
    label.appendChild(link);
  });

  // A table is copied as a spreadsheet takes it: cells between tabs ---------------------------
  function copy(text) {
    function byHand() {
      var box = document.createElement("textarea");
      box.value = text;
      box.style.position = "fixed";
      document.body.appendChild(box);
      box.select();
      document.execCommand("copy");
      box.remove();
    }
    // Not every browser opens the clipboard to a page from a file.
    return navigator.clipboard ? navigator.clipboard.writeText(text).catch(byHand) : Promise.resolve(byHand());
  }
  function cells(row) {
    return Array.prototype.map.call(row.cells, function (cell) {
      return cell.textContent.replace(/[\u00ad\u200b\u2060]/g, "").replace(/\s+/g, " ").trim();
    }).join("\t");
  }
  function copier(table) {
    var press = document.createElement("button");
    press.type = "button";
    press.className = "copy";
    press.textContent = main.dataset.copy;
    press.addEventListener("click", function () {
      copy(Array.prototype.map.call(table.rows, cells).join("\n")).then(function () {
        press.focus();
        press.textContent = said.textContent = main.dataset.copied;
        setTimeout(function () { press.textContent = main.dataset.copy; said.textContent = ""; }, 2500);
      });
    });
    return press;
  }
  var said = document.createElement("div");
  said.className = "said";
  said.setAttribute("role", "status");
  document.body.appendChild(said);

  // Wide tables scroll inside their own box, reachable with the keyboard ----------------------
  document.querySelectorAll("main table").forEach(function (table) {
    var box = table.closest(".table-scroll");
    if (!box) {
      box = document.createElement("div");
      box.className = "table-scroll";
      table.parentNode.insertBefore(box, table);
      box.appendChild(table);
    }
    var caption = (box.closest("figure") || box).querySelector("figcaption");
    var hint = document.createElement("p");
    hint.className = "scroll-hint";
    hint.setAttribute("aria-hidden", "true");
    hint.textContent = main.dataset.scroll;
    box.before(hint);
    if (caption) hint.before(copier(table));
    box.classList.toggle("long", table.rows.length > 30);
    function check() {
      var cut = box.scrollWidth > box.clientWidth + 1;
      var first = table.rows[0] && table.rows[0].cells[0];
      box.classList.toggle("cut", cut);
      box.classList.toggle("held", cut && first && first.offsetWidth < box.clientWidth * 0.45);
      hint.hidden = !cut;
      if (cut || box.scrollHeight > box.clientHeight + 1) {
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
  // On a phone the name of a bar stands above it, so that the bars have the whole width.
  function stacked(layout, data) {
    var bars = data.filter(function (trace) { return trace.orientation === "h"; });
    if (!bars.length) return 0;
    var single = bars.length === 1 || layout.barmode === "overlay";
    if (single) bars.forEach(function (trace) { trace.width = 0.46; });
    layout.annotations.forEach(function (text) { if (text.name) text.text = text.name; });
    var longest = Math.max.apply(null, layout.annotations.map(function (text) { return text.text.length; }));
    layout.margin.r = Math.min(layout.margin.r, longest * 7 + 12);
    layout.yaxis.tickvals.forEach(function (spot, i) {
      layout.annotations.push({
        text: layout.yaxis.ticktext[i].trim(), x: 0, xref: "paper", y: spot - 0.5, yshift: -2, xanchor: "left",
        yanchor: "middle", showarrow: false, font: { color: colour("--muted"), size: 13 }
      });
    });
    layout.yaxis.showticklabels = false;
    layout.yaxis.automargin = false;
    layout.margin.t += 8;
    return layout.yaxis.tickvals.length * (single ? 44 : 62) + 24;
  }
  function look(layout, box, data) {
    var narrow = box.clientWidth < 520;
    var rows = narrow ? stacked(layout, data) : 0;
    if (narrow) (layout.annotations || []).forEach(function (text) { if (text.font) text.font.size = 13; });
    fill(layout, {
      font: { family: getComputedStyle(document.body).fontFamily, size: 13, color: colour("--ink") },
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
    layout.height = rows || Number(box.dataset.height) || 360;
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
    plotly.react(canvas, spec.data, look(spec.layout || {}, box, spec.data), {
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
