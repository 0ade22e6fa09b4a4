-- Mends Quarto's PDF, after Quarto's own filters.
local function quoted(text)
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"') .. '"'
end

-- A dash is made of two hyphens, also where the text means an option such as --margin.
local function hyphens(element)
  if not element.text:find("--", 1, true) then return nil end
  return pandoc.RawInline("typst", "#" .. quoted(element.text) .. ";")
end

-- A numbered formula has no words to be read aloud.
local function formulas(inlines)
  for i, element in ipairs(inlines) do
    local math = inlines[i + 1]
    local call = element.t == "RawInline" and element.text:match("^(#math%.equation%(.*), %[%s*$")
    if call and math and math.t == "Math" and not call:find("alt: ", 1, true) then
      element.text = call .. ", alt: " .. quoted(math.text) .. ", [ "
    end
  end
  return inlines
end

if FORMAT ~= "typst" then return {} end
return { { Inlines = formulas }, { Str = hyphens } }
