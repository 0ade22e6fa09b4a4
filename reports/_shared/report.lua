-- What the reports' own markup means (cards, findings, bars, callouts), for every renderer.
-- Quarto runs it before its own filters, the embedded renderer before its stand-in for them.

local html = FORMAT:match("html") ~= nil
local typst = FORMAT == "typst"

local function raw(text)
  return pandoc.RawBlock(typst and "typst" or "html", text)
end

local function raw_inline(text)
  return pandoc.RawInline(typst and "typst" or "html", text)
end

local function quoted(text)
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"') .. '"'
end

local function has(element, class)
  return element.classes:includes(class)
end

local function wrapped(call, blocks)
  local out = pandoc.Blocks({ raw("#" .. call .. "[") })
  out:extend(blocks)
  out:insert(raw("]"))
  return out
end

-- Callouts ------------------------------------------------------------------------------------
local kinds = { note = true, tip = true, important = true, warning = true, caution = true }
local words = { note = "Note", tip = "Tip", important = "Important", warning = "Warning", caution = "Caution" }

local function callout(div)
  local kind
  for _, class in ipairs(div.classes) do
    local found = class:match("^callout%-(%a+)$")
    if found and kinds[found] then kind = found end
  end
  if not kind or div.identifier:match("^%l%l%l%-") then return nil end
  local title, body = nil, pandoc.Blocks(div.content)
  if div.attributes.title then
    title = pandoc.utils.blocks_to_inlines(pandoc.read(div.attributes.title, "markdown").blocks)
  elseif body[1] and body[1].t == "Header" then
    title = body[1].content
    body:remove(1)
  else
    title = pandoc.Inlines({ pandoc.Str(words[kind]) })
  end
  if typst then
    local out = pandoc.Blocks({ raw("#note-box(kind: " .. quoted(kind) .. ", title: [") })
    out:insert(pandoc.Plain(title))
    out:insert(raw("])["))
    out:extend(body)
    out:insert(raw("]"))
    return out
  end
  if html and (div.attributes.collapse == "true" or div.attributes.collapse == "false") then
    local open = div.attributes.collapse == "false" and " open" or ""
    local out = pandoc.Blocks({ raw('<details class="note-box ' .. kind .. '"' .. open .. "><summary>") })
    out:insert(pandoc.Plain(title))
    out:insert(raw("</summary>"))
    out:extend(body)
    out:insert(raw("</details>"))
    return out
  end
  body:insert(1, pandoc.Div(pandoc.Para(title), { class = "note-box-title" }))
  return pandoc.Div(body, { class = "note-box " .. kind, role = "note" })
end

-- Blocks --------------------------------------------------------------------------------------
local plain_blocks = {
  ["lead"] = "lead", ["small"] = "small-print", ["chart-subtitle"] = "chart-subtitle",
  ["chart-note"] = "chart-note", ["table-note"] = "table-note", ["files"] = "files",
}

-- What becomes several blocks must stay one cell of a layout.
local function one_cell_each(element)
  if not element.attributes["layout-ncol"] then return nil end
  element.content = element.content:map(function(block)
    if block.t == "Div" then block.classes:insert("cell") end
    return block.t == "Div" and block.identifier == "" and pandoc.Div({ block }) or block
  end)
  return element
end

-- On the page, the message of a finding has its own line; the style sheet does that in HTML.
local function headline(blocks)
  local first = blocks[1]
  if first and (first.t == "Para" or first.t == "Plain") and first.content[2] and first.content[1].t == "Strong" then
    first.content:insert(2, pandoc.LineBreak())
    blocks[1] = first
  end
  return blocks
end

local function list_items(div, call)
  local out = pandoc.Blocks({})
  for _, block in ipairs(div.content) do
    if block.t == "OrderedList" then
      for i, item in ipairs(block.content) do
        out:extend(wrapped(call .. "(" .. i .. ")", headline(item)))
      end
    else
      out:insert(block)
    end
  end
  return out
end

local function columns(element)
  local widths, cells = {}, pandoc.Blocks({})
  for _, column in ipairs(element.content) do
    if column.t == "Div" and has(column, "column") then
      local width = (column.attributes.width or ""):match("^([%d.]+)%%$")
      table.insert(widths, (width or "50") .. "fr")
      cells:insert(raw("["))
      cells:extend(column.content)
      cells:insert(raw("],"))
    end
  end
  local out = pandoc.Blocks({ raw("#grid(columns: (" .. table.concat(widths, ", ") .. ",), column-gutter: 1.6em,") })
  out:extend(cells)
  out:insert(raw(")"))
  return out
end

local function div(element)
  local found = callout(element)
  if found then return found end
  if not typst then return nil end
  if has(element, "columns") then return columns(element) end
  if has(element, "kpis") then
    local out = pandoc.Blocks({ raw("#kpis(") })
    for _, card in ipairs(element.content) do
      out:insert(raw("kpi["))
      out:extend(card.content)
      out:insert(raw("],"))
    end
    out:insert(raw(")"))
    return out
  end
  if has(element, "findings") or has(element, "actions") then
    return list_items(element, "finding")
  end
  for class, call in pairs(plain_blocks) do
    if has(element, class) then return wrapped(call, element.content) end
  end
end

-- Inlines -------------------------------------------------------------------------------------
local function tone(span)
  for _, name in ipairs({ "good", "bad", "warn", "neutral" }) do
    if has(span, name) then return name end
  end
end

local function bar(span)
  local share = math.max(0, math.min(1, tonumber(span.attributes.share) or 0))
  local out = pandoc.Inlines({})
  if typst then
    out:insert(raw_inline(string.format("#bar(%.4f)[", share)))
    out:extend(span.content)
    out:insert(raw_inline("];"))
    return out
  end
  out:insert(raw_inline(string.format(
    '<span class="bar-track" aria-hidden="true"><span class="bar-fill" style="width:%.2f%%"></span></span>',
    share * 100)))
  out:insert(pandoc.Span(span.content, { class = "bar-text" }))
  return pandoc.Span(out, { class = "bar" })
end

local function span(element)
  if has(element, "bar") then return bar(element) end
  if not typst then return nil end
  local call
  for _, class in ipairs({ "kpi-value", "kpi-label", "kpi-note", "badge" }) do
    if has(element, class) then call = class end
  end
  if not call then return nil end
  local named = tone(element)
  local out = pandoc.Inlines({ raw_inline("#" .. call .. (named and "(tone: " .. quoted(named) .. ")" or "") .. "[") })
  out:extend(element.content)
  out:insert(raw_inline("];"))
  return out
end

-- A PDF that can be read aloud needs words for each formula. Quarto numbers a labelled one itself.
local function formula(element)
  local body = pandoc.write(pandoc.Pandoc({ pandoc.Plain({ element }) }), "typst"):gsub("%s+$", "")
  local block = element.mathtype == "DisplayMath" and "true" or "false"
  return raw_inline("#math.equation(block: " .. block .. ", alt: " .. quoted(element.text) .. ", " .. body .. ");")
end

local function formulas(inlines)
  if not typst then return nil end
  for i, element in ipairs(inlines) do
    local label = inlines[i + 1] and inlines[i + 1].t == "Space" and inlines[i + 2] or inlines[i + 1]
    if element.t == "Math" and not (label and label.t == "Str" and label.text:match("^{#eq%-")) then
      inlines[i] = formula(element)
    end
  end
  return inlines
end

-- Without words of its own, a picture is described by its caption. A page has no pixels.
local function picture(element)
  for _, key in ipairs({ "width", "height" }) do
    local pixels = typst and (element.attributes[key] or ""):match("^([%d.]+)px$")
    if pixels then element.attributes[key] = tonumber(pixels) * 0.75 .. "pt" end
  end
  if not element.attributes["fig-alt"] and not element.attributes.alt and #element.caption > 0 then
    element.attributes["fig-alt"] = pandoc.utils.stringify(element.caption)
  end
  return element
end

-- The last row of a .total-row table is its foot. A table without a label gets the look of the
-- labelled ones.
local function tabular(element)
  local last = element.bodies[#element.bodies]
  local caption = pandoc.utils.stringify(element.caption.long)
  -- Quarto reads the caption's attributes later, so they are still text there.
  if (has(element, "total-row") or caption:match("{[^}]*%.total%-row[^}]*}%s*$")) and #element.foot.rows == 0 and last and #last.body > 1 then
    element.foot.rows = { last.body:remove(#last.body) }
  end
  if not typst then return element end
  element.classes:insert("typst:no-figure")
  if caption ~= "" then return element end
  return { raw("#plain-table["), element, raw("]") }
end

-- On paper, a chart or a row of charts takes the room that its page has left, with the heading
-- right above it.
local function charts_of(block)
  if block.t ~= "Div" or has(block, "cell") then return {} end
  if block.identifier:match("^fig%-") then return { block.identifier } end
  local names = {}
  for _, cell in ipairs(block.attributes["layout-ncol"] and block.content or {}) do
    if cell.t == "Div" and cell.identifier:match("^fig%-") then table.insert(names, cell.identifier) end
  end
  return names
end

local function charts_called(blocks)
  if not typst then return nil end
  local out, last = pandoc.Blocks({}), nil
  for _, block in ipairs(blocks) do
    local names = charts_of(block)
    if #names > 0 and last then
      local headed = last.t == "Header"
      local call = raw("#room(" .. quoted(table.concat(names, " ")) .. ", headed: " .. tostring(headed) .. ")")
      out:insert(#out + (headed and 0 or 1), call)
    end
    out:insert(block)
    last = block
  end
  return out
end

return {
  { Inlines = formulas, Image = picture, Table = tabular, Div = one_cell_each },
  { Span = span },
  { Div = div },
  { Blocks = charts_called },
}
