-- From the report's page to Word: cards and callouts as plain tables, captions as paragraphs.

local tones = { good = "Good", bad = "Bad", warn = "Warn", neutral = "Neutral" }
local styles = {
  ["lead"] = "Lead", ["small"] = "Small", ["small-print"] = "Small", ["chart-subtitle"] = "Chart Subtitle",
  ["chart-note"] = "Chart Note", ["table-note"] = "Chart Note", ["files"] = "Body Text",
}

local function has(element, class)
  return element.classes:includes(class)
end

local function styled(blocks, style)
  return pandoc.Div(blocks, { ["custom-style"] = style })
end

-- A table without rules, one row.
local function row(cells, style)
  local aligns, widths, head = {}, {}, {}
  for i = 1, #cells do
    aligns[i], widths[i], head[i] = pandoc.AlignDefault, 1 / #cells, {}
  end
  local made = pandoc.utils.from_simple_table(pandoc.SimpleTable({}, aligns, widths, head, { cells }))
  made.attr.attributes["custom-style"] = style
  return made
end

local function card(element)
  local out = pandoc.Blocks({})
  element:walk({
    Span = function(span)
      for class, style in pairs({ ["kpi-value"] = "Kpi Value", ["kpi-label"] = "Kpi Label", ["kpi-note"] = "Kpi Note" }) do
        if has(span, class) then out:insert(styled({ pandoc.Para(span.content) }, style)) end
      end
    end,
  })
  return out
end

-- Pictures beside each other share the width of the text, and a gap, in inches.
local function beside(blocks, count)
  return blocks:walk({
    Image = function(image)
      local wide = tonumber((image.attributes.width or ""):match("^([%d.]+)in$"))
      if wide then image.attributes.width = string.format("%.2fin", math.min(wide, 6.5 / count - 0.13)) end
      return image
    end,
  })
end

local function divs_of(element, class)
  local out = {}
  for _, block in ipairs(element.content) do
    if block.t == "Div" and has(block, class) then table.insert(out, block) end
  end
  return out
end

local function div(element)
  if has(element, "plot") then return {} end
  if has(element, "kpis") then
    local cells = {}
    for _, block in ipairs(divs_of(element, "kpi")) do table.insert(cells, card(block)) end
    return row(cells, "Cards")
  end
  if has(element, "quarto-layout-row") then
    local cells = {}
    local blocks = divs_of(element, "quarto-layout-cell")
    for _, block in ipairs(blocks) do table.insert(cells, beside(block.content, #blocks)) end
    return #cells > 1 and row(cells, "Cards") or cells[1]
  end
  if has(element, "note-box") then
    return row({ element.content }, "NoteBox")
  end
  if has(element, "note-box-title") then return styled(element.content, "Note Title") end
  if (element.attributes.style or ""):match("page%-break") then
    return pandoc.RawBlock("openxml", '<w:p><w:r><w:br w:type="page"/></w:r></w:p>')
  end
  for class, style in pairs(styles) do
    if has(element, class) then return styled(element.content, style) end
  end
end

local function span(element)
  if has(element, "bar-track") then return {} end
  for class, style in pairs(tones) do
    if has(element, class) then
      return pandoc.Span(element.content, { ["custom-style"] = style })
    end
  end
  return element.content
end

-- The caption stands above, as on the page.
local function figure(element)
  local caption = pandoc.utils.blocks_to_inlines(element.caption.long)
  local out = pandoc.Blocks({})
  if #caption > 0 then
    out:insert(pandoc.Div({ pandoc.Para(caption) }, { id = element.identifier, ["custom-style"] = "Caption" }))
  end
  out:extend(element.content)
  return out
end

return {
  { Span = function(s) if not (has(s, "kpi-value") or has(s, "kpi-label") or has(s, "kpi-note")) then return span(s) end end },
  { traverse = "topdown", Div = function(d)
    local out = div(d)
    if out then return out, not has(d, "kpis") end
  end },
  { Figure = figure },
}
