-- Stand-in for the part of Quarto's own filters that the reports use: shortcodes, conditions,
-- labelled figures and tables, cross references, section numbers, layouts. What is not in here
-- stops the rendering with the construct's name.

local context_file = assert(io.open(os.getenv("CUSTANALYTICS_CONTEXT"), "rb"))
local context = pandoc.json.decode(context_file:read("a"), false)
context_file:close()

local html = FORMAT:match("html") ~= nil
local format_names = html and { html = true, ["html:js"] = true } or { typst = true }
local labels = context.labels

-- For python, which finds the line: what is wrong, and a text that stands there.
local function stop(what, trace)
  io.stderr:write("STOP\t" .. what .. "\t" .. (trace or "") .. "\n")
  os.exit(83)
end

local function unsupported(construct, trace)
  stop("the embedded renderer does not know " .. construct
    .. "; take it out, or render with Quarto (--renderer quarto)", trace)
end

local function raw(text)
  return pandoc.RawBlock(html and "html" or "typst", text)
end

local function raw_inline(text)
  return pandoc.RawInline(html and "html" or "typst", text)
end

local function quoted(text)
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"') .. '"'
end

local function escaped(text)
  return (text:gsub("&", "&amp;"):gsub('"', "&quot;"):gsub("<", "&lt;"))
end

local function has(element, class)
  return element.classes:includes(class)
end

-- Shortcodes: python left a word in the text for each --------------------------------------------
local mark = context.mark .. "(%d+)qz"

local function inlines_of(markdown)
  return pandoc.utils.blocks_to_inlines(pandoc.read(markdown, "markdown").blocks)
end

local function value(index)
  return context.shortcodes[tonumber(index)].value
end

local function plain(text)
  return (text:gsub(mark, function(index) return pandoc.utils.stringify(inlines_of(value(index))) end))
end

local function shortcode_inlines(element)
  if not element.text:find(mark) then return nil end
  local out, position = pandoc.Inlines({}), 1
  while true do
    local first, last, index = element.text:find(mark, position)
    if not first then break end
    if first > position then out:insert(pandoc.Str(element.text:sub(position, first - 1))) end
    if context.shortcodes[tonumber(index)].name == "pagebreak" then
      stop("{{< pagebreak >}} needs a paragraph of its own", context.mark .. index .. "qz")
    end
    out:extend(inlines_of(value(index)))
    position = last + 1
  end
  if position <= #element.text then out:insert(pandoc.Str(element.text:sub(position))) end
  return out
end

local function pagebreak(paragraph)
  local only = paragraph.content[1]
  if #paragraph.content ~= 1 or only.t ~= "Str" then return nil end
  local index = only.text:match("^" .. mark .. "$")
  if not index or context.shortcodes[tonumber(index)].name ~= "pagebreak" then return nil end
  return raw(html and '<div style="page-break-after: always;"></div>' or "#pagebreak(weak: true)")
end

local function in_attributes(element)
  for key, text in pairs(element.attributes) do element.attributes[key] = plain(text) end
  return element
end

local given_targets = {} -- by a shortcode, so that their places are not in the text

local function link_target(element)
  local target = plain(element.target)
  given_targets[target] = target ~= element.target or nil
  element.target = target
  return in_attributes(element)
end

local shortcodes = {
  { Para = pagebreak },
  {
    Str = shortcode_inlines,
    Code = function(element) element.text = plain(element.text) return element end,
    CodeBlock = function(element) element.text = plain(element.text) return element end,
    RawInline = function(element) element.text = plain(element.text) return element end,
    RawBlock = function(element) element.text = plain(element.text) return element end,
    Math = function(element) element.text = plain(element.text) return element end,
    Link = link_target,
    Image = function(element) element.src = plain(element.src) return in_attributes(element) end,
    Div = in_attributes, Span = in_attributes,
  },
}

-- Conditions -------------------------------------------------------------------------------------
local function meta_is(path)
  local found = context.meta
  for key in path:gmatch("[^.]+") do
    if type(found) ~= "table" then return false end
    found = found[key]
  end
  return found ~= nil and found ~= false
end

local conditions = {
  ["when-format"] = function(text) return format_names[text] == true end,
  ["unless-format"] = function(text) return not format_names[text] end,
  ["when-meta"] = meta_is,
  ["unless-meta"] = function(text) return not meta_is(text) end,
}

local conditional
conditional = function(element)
  local visible, hidden = has(element, "content-visible"), has(element, "content-hidden")
  if not visible and not hidden then return nil end
  local holds = true
  for key, text in pairs(element.attributes) do
    if not conditions[key] then unsupported("the attribute " .. key .. " of .content-visible", key .. "=") end
    holds = holds and conditions[key](text)
  end
  if holds == hidden then return {}, false end
  return element.content:walk({ traverse = "topdown", Div = conditional, Span = conditional }), false
end

-- What is known ----------------------------------------------------------------------------------
local function set(names)
  local out = {}
  for name in names:gmatch("%S+") do out[name] = true end
  return out
end

local div_classes = set([[
  kpis kpi findings actions lead small files chart chart-subtitle chart-note table-note plot
  callout-note callout-tip callout-important callout-warning callout-caution
  columns column content-visible content-hidden total-row wide section unnumbered unlisted
]])
local span_classes = set([[
  kpi-value kpi-label kpi-note badge bar good bad warn neutral content-visible content-hidden
  smallcaps underline mark nobreak
]])
local header_classes = set("unnumbered unlisted")
local unknown_keys = set([[
  layout layout-nrow layout-align layout-valign fig-env fig-pos fig-scap fig-cap fig-subcap
  tbl-cap tbl-subcap lst-cap cap-location lightbox group tbl-colwidths icon appearance
]])
local picture_keys = set("width fig-alt alt")
local other_kinds = set("eq lst thm lem cor prp cnj def exm exr sol rem prf alg nte tip wrn imp cau")
local reference_kinds = { fig = true, tbl = true, sec = true }

local function check_classes(element, known, what)
  for _, class in ipairs(element.classes) do
    if not known[class] then unsupported(what .. " of class ." .. class, "." .. class) end
  end
end

local function check_keys(element, refused)
  for key, _ in pairs(element.attributes) do
    if refused(key) then unsupported("the attribute " .. key, key .. "=") end
  end
end

local function is_unknown(key) return unknown_keys[key] end

local function float_kind(identifier)
  local kind = identifier:match("^(%l+)%-")
  return (kind == "fig" or kind == "tbl") and kind or nil
end

local checks = {
  Div = function(element)
    local label = "#" .. element.identifier
    if float_kind(element.identifier) and element.attributes["layout-ncol"] then
      unsupported(label .. " with parts of its own (sub-figures)", label)
    end
    check_classes(element, div_classes, "a block")
    check_keys(element, is_unknown)
    if other_kinds[element.identifier:match("^(%l+)%-") or ""] then
      unsupported("a block labelled " .. label, label)
    end
  end,
  Span = function(element)
    check_classes(element, span_classes, "a passage")
    check_keys(element, is_unknown)
  end,
  Header = function(element) check_classes(element, header_classes, "a heading") end,
  CodeBlock = function(element)
    if element.identifier:match("^lst%-") then
      unsupported("a listing labelled #" .. element.identifier, "#" .. element.identifier)
    end
    check_keys(element, function() return true end)
  end,
  Table = function(element) check_classes(element, set("total-row wide"), "a table") end,
  Image = function(element)
    check_classes(element, {}, "a picture")
    check_keys(element, function(key) return not picture_keys[key] end)
    local file = not element.src:match("^%a[%w+.-]*:") and io.open(element.src, "rb")
    if not file then stop("there is no picture " .. element.src .. " in the report folder", "](" .. element.src) end
    file:close()
  end,
  Str = function(element)
    local label = element.text:match("^{(#eq%-[^}]*)}?$")
    if label then unsupported("an equation labelled " .. label, label) end
    if element.text:match("^:::+$") then
      stop("this ::: neither opens nor closes a block; one that opens needs an empty line before it", ":::")
    end
  end,
}

-- Sections ---------------------------------------------------------------------------------------
local sections, numbers = {}, {}

local function top_level(blocks)
  local least = 9
  blocks:walk({ Header = function(header) least = math.min(least, header.level) end })
  return least
end

local function section_filter(top)
  local counts = {}
  return {
    Header = function(header)
      local level = header.level - top + 1
      if not has(header, "unnumbered") and context.number_sections then
        counts[level] = (counts[level] or 0) + 1
        for deeper = level + 1, 9 do counts[deeper] = nil end
        local parts = {}
        for i = 1, level do parts[i] = tostring(counts[i] or 0) end
        local number = table.concat(parts, ".")
        numbers[header.identifier] = number
        if html then
          header.attributes.number = nil
          header.attributes["data-number"] = number
          header.content:insert(1, pandoc.Space())
          header.content:insert(1, pandoc.Span(number, { class = "header-section-number" }))
        end
      end
      sections[header.identifier] = true
      if not html then header.level = level end
      return header
    end,
  }
end

-- Images -----------------------------------------------------------------------------------------
local function image(element)
  local alt = element.attributes["fig-alt"] or element.attributes.alt
  if (not alt or alt == "") and #element.caption > 0 then alt = pandoc.utils.stringify(element.caption) end
  if not alt or alt == "" then
    stop("the picture " .. element.src .. " has no alternative text; give it fig-alt", "](" .. element.src)
  end
  alt = pandoc.utils.stringify(inlines_of(alt))
  local width = element.attributes.width
  if html then
    local style = width and ' style="width:' .. escaped(width:match("^%d+$") and width .. "px" or width) .. '"' or ""
    return raw_inline('<img src="' .. escaped(element.src) .. '" alt="' .. escaped(alt) .. '"' .. style .. ">")
  end
  local size = ""
  if width then
    size = ", width: " .. (width:match("^[%d.]+$") and width * 0.75 .. "pt" or width)
  end
  return raw_inline("#box(image(" .. quoted(element.src) .. ", alt: " .. quoted(alt) .. size .. "));")
end

-- Labelled figures and tables --------------------------------------------------------------------
local counts, floats = { fig = 0, tbl = 0 }, {}

local function label_of(kind, number)
  return labels[kind] .. "\u{a0}" .. number
end

local function float(kind, identifier, classes, caption, body)
  counts[kind] = counts[kind] + 1
  if floats[identifier] then stop("the label #" .. identifier .. " is used twice", "#" .. identifier) end
  floats[identifier] = label_of(kind, counts[kind])
  if html then
    local id = escaped(identifier)
    local all = classes:filter(function(class) return class ~= "unnumbered" end)
    all:extend({ "quarto-float", "quarto-float-" .. kind })
    local out = pandoc.Blocks({ raw('<figure id="' .. id .. '" class="' .. escaped(table.concat(all, " ")) .. '">') })
    local line = pandoc.Inlines({
      raw_inline('<span class="caption-label">'), pandoc.Str(floats[identifier]),
      raw_inline('<span class="caption-delim">:</span></span> '),
    })
    line:extend(caption)
    out:insert(raw('<figcaption id="' .. id .. '-caption">'))
    out:insert(pandoc.Plain(line))
    out:insert(raw("</figcaption>"))
    out:extend(body)
    out:insert(raw("</figure>"))
    return out
  end
  local out = pandoc.Blocks({ raw("#figure([") })
  out:extend(body)
  out:insert(raw("], caption: figure.caption(position: top, ["))
  out:insert(pandoc.Plain(caption))
  out:insert(raw('],), kind: "quarto-float-' .. kind .. '", supplement: ' .. quoted(labels[kind]) .. ")\n<" .. identifier .. ">"))
  return out
end

local function float_div(element)
  local kind = float_kind(element.identifier)
  if not kind then return nil end
  local body = pandoc.Blocks(element.content)
  local last = body[#body]
  if #body < 2 or not last or (last.t ~= "Para" and last.t ~= "Plain") then
    stop("#" .. element.identifier .. " has no caption; its last paragraph is the caption", "#" .. element.identifier)
  end
  body:remove(#body)
  body:walk({
    Div = function(inner)
      if float_kind(inner.identifier) or inner.attributes["layout-ncol"] then
        unsupported("#" .. element.identifier .. " with parts of its own (sub-figures)", "#" .. element.identifier)
      end
    end,
    Figure = function(inner)
      if float_kind(inner.identifier) then
        unsupported("#" .. element.identifier .. " with parts of its own (sub-figures)", "#" .. element.identifier)
      end
    end,
    Table = function(inner)
      if float_kind(inner.identifier) then
        unsupported("#" .. element.identifier .. " with a labelled table inside", "#" .. element.identifier)
      end
    end,
  })
  return float(kind, element.identifier, element.classes, last.content, body)
end

local function float_figure(element)
  local caption = pandoc.utils.blocks_to_inlines(element.caption.long)
  if float_kind(element.identifier) ~= "fig" then
    -- no label: no number, but still a caption
    if html then return nil end
    local out = pandoc.Blocks(element.content)
    out:insert(pandoc.Plain(caption))
    return out
  end
  return float("fig", element.identifier, element.classes, caption, element.content)
end

local function float_table(element)
  local kind = float_kind(element.identifier)
  local caption = pandoc.utils.blocks_to_inlines(element.caption.long)
  if not kind then
    if #caption > 0 then
      stop("a table has a caption but no label; end the caption with {#tbl-name}", pandoc.utils.stringify(caption))
    end
    return nil
  end
  if kind ~= "tbl" or #caption == 0 then
    stop("the table #" .. element.identifier .. " needs a caption, and a label that begins with tbl-", "#" .. element.identifier)
  end
  local identifier, classes = element.identifier, element.classes
  element.caption = { long = {} }
  element.attr.identifier = ""
  return float(kind, identifier, classes, caption, pandoc.Blocks({ element }))
end

-- Layouts ----------------------------------------------------------------------------------------
local function layout(element)
  local columns = tonumber(element.attributes["layout-ncol"] or "")
  if not columns then
    if element.attributes["layout-ncol"] then stop("layout-ncol must be a number", "layout-ncol") end
    return nil
  end
  columns = math.floor(columns)
  local out = pandoc.Blocks({})
  if html then
    out:insert(raw('<div class="quarto-layout-panel">'))
    for i, block in ipairs(element.content) do
      if (i - 1) % columns == 0 then out:insert(raw('<div class="quarto-layout-row">')) end
      out:insert(raw('<div class="quarto-layout-cell">'))
      out:insert(block)
      out:insert(raw("</div>"))
      if i % columns == 0 or i == #element.content then out:insert(raw("</div>")) end
    end
    out:insert(raw("</div>"))
  else
    local names = {}
    for _, block in ipairs(element.content) do
      if float_kind(block.identifier or "") == "fig" then table.insert(names, block.identifier) end
    end
    out:insert(raw("#room(" .. quoted(table.concat(names, " ")) .. ")"))
    out:insert(raw("#grid(columns: (1fr,) * " .. columns .. ", column-gutter: 1.6em, row-gutter: 1em,"))
    for _, block in ipairs(element.content) do
      out:insert(raw("["))
      out:insert(block)
      out:insert(raw("],"))
    end
    out:insert(raw(")"))
  end
  return out
end

-- Cross references -------------------------------------------------------------------------------
local function reference(cite)
  local out = pandoc.Inlines({})
  for i, citation in ipairs(cite.citations) do
    local id = citation.id
    local kind = id:match("^(%a+)%-")
    kind = kind and kind:lower()
    if not reference_kinds[kind or ""] then
      local what = other_kinds[kind or ""] and "the cross-reference @" .. id
        or "the citation @" .. id .. " (write \\@ for the sign itself)"
      unsupported(what, "@" .. id)
    end
    id = kind .. id:sub(#kind + 1)
    local bare = citation.mode == "SuppressAuthor"
    local text = floats[id]
    if kind == "sec" then
      if sections[id] and not numbers[id] then
        stop("@" .. id .. " refers to a section without a number", "@" .. id)
      end
      text = numbers[id] and labels.sec .. "\u{a0}" .. numbers[id]
    end
    if not text then stop("@" .. id .. " refers to a label that is not there", "@" .. id) end
    if #citation.prefix > 0 or #citation.suffix > 0 then
      unsupported("text inside the reference [@" .. id .. "]", "@" .. id)
    end
    if bare then text = text:match("[%d.]+$") end
    if i > 1 then out:insert(pandoc.Str(",")) out:insert(pandoc.Space()) end
    if html then
      out:insert(pandoc.Link(text, "#" .. id, "", { class = "quarto-xref" }))
    else
      out:insert(raw_inline("#link(<" .. id .. ">)["))
      out:insert(pandoc.Str(text))
      out:insert(raw_inline("];"))
    end
  end
  return out
end

-- A link within the report that leads nowhere: typst would stop without saying where it stands.
local function targets_in(blocks)
  local known = {}
  local function note(element)
    if element.identifier then known[element.identifier] = true end
  end
  local function note_raw(element)
    for id in element.text:gmatch("id=[\"']?([^\"'%s>]+)") do known[id] = true end
    for label in element.text:gmatch("<([^<>%s]+)>") do known[label] = true end
  end
  blocks:walk({
    Header = note, Div = note, Span = note, Figure = note, Table = note, Code = note,
    CodeBlock = note, Image = note, Link = note, RawBlock = note_raw, RawInline = note_raw,
  })
  return known
end

local function link_filter(blocks)
  local known = targets_in(blocks)
  return {
    Link = function(element)
      local target = not given_targets[element.target] and element.target:match("^#(.+)$")
      local name = target and target:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)
      if name and not known[name] and not floats[name] then
        stop("the link to #" .. name .. " leads to a label that is not there", "](#" .. target)
      end
    end,
  }
end

local function typst_span(element)
  if not html and has(element, "nobreak") then
    local out = pandoc.Inlines({ raw_inline("#box[") })
    out:extend(element.content)
    out:insert(raw_inline("];"))
    return out
  end
end

function Pandoc(document)
  local blocks = document.blocks
  for _, filter in ipairs(shortcodes) do blocks = blocks:walk(filter) end
  blocks = blocks:walk({ traverse = "topdown", Div = conditional, Span = conditional })
  blocks = blocks:walk(checks)
  blocks = blocks:walk({ Div = layout })
  local report = dofile(context.report_filter)
  for _, filter in ipairs(report) do blocks = blocks:walk(filter) end
  blocks = blocks:walk(section_filter(top_level(blocks)))
  -- Top down, so that numbers follow the reading order; a float's parts hold no second float.
  blocks = blocks:walk({
    traverse = "topdown",
    Div = function(element)
      local out = float_div(element)
      if out then return out, false end
    end,
    Figure = function(element)
      local out = float_figure(element)
      if out then return out, false end
    end,
    Table = function(element)
      local out = float_table(element)
      if out then return out, false end
    end,
  })
  blocks = blocks:walk(link_filter(blocks))
  blocks = blocks:walk({ Cite = reference, Image = image, Span = typst_span })
  document.blocks = blocks
  return document
end
