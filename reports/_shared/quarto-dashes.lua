-- Quarto's PDF makes a dash of two hyphens, also where the text means an option such as --margin.
return {
  {
    Str = function(element)
      if FORMAT ~= "typst" or not element.text:find("--", 1, true) then return nil end
      local text = element.text:gsub("\\", "\\\\"):gsub('"', '\\"')
      return pandoc.RawInline("typst", '#"' .. text .. '";')
    end,
  },
}
