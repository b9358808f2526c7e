-- pages.lua
-- What the pages need to be HTML beside each other, or one manual page: links and
-- pictures, and for roff tables and examples that fit a terminal of 80 columns.
--
-- SSE Roaming plugin for Wireshark
-- SPDX-License-Identifier: GPL-2.0-or-later

local man = FORMAT:match("^man")
-- Columns that an example has in a terminal of 80.
local EXAMPLE = 69

-- Who reads this may have the package alone: what lies outside of this folder is text.
function Link(link)
    if link.target:match("^%w+:") then
        return nil
    end
    if man or link.target:match("^%.%./") then
        return link.content
    end
    link.target = link.target:gsub("%.md$", ".html"):gsub("%.md#", ".html#")
    return link
end

function Image(image)
    if man then
        return {}
    end
    image.src = image.src:match("([^/]+)$")
    return image
end

local function escape(line)
    line = line:gsub("\\", "\\e"):gsub("-", "\\-"):gsub("'", "\\(aq"):gsub("`", "\\(ga"):gsub("%^", "\\(ha"):gsub("~", "\\(ti")
    return line:gsub("^%.", "\\&.")
end

-- A line of a command in parts no wider than EXAMPLE, broken where no quote is open.
local function folded_command(line, parts)
    local quote, space, broken = nil, nil, false
    for at = 1, #line do
        local char = line:sub(at, at)
        if quote then
            if char == quote then quote = nil end
        elseif char == "'" or char == '"' then
            quote = char
        elseif char == " " and at <= EXAMPLE - 2 and line:sub(1, at):match("%S") then
            space = at
        end
    end
    if #line > EXAMPLE and space and not line:match("^%s+$") then
        parts:insert(line:sub(1, space) .. "\\")
        return folded_command("    " .. line:sub(space + 1), parts)
    end
    parts:insert(line)
end

-- A line of a report, broken between words and indented.
local function folded_report(line, parts)
    local indent = line:match("^ *")
    local text = indent
    for word in line:gmatch("%S+ *") do
        if #(text .. word:gsub(" +$", "")) > EXAMPLE and text:match("%S") then
            parts:insert((text:gsub(" +$", "")))
            text = indent .. "      "
        end
        text = text .. word
    end
    parts:insert((text:gsub(" +$", "")))
end

function CodeBlock(block)
    if not man then
        return nil
    end
    local parts = pandoc.List()
    for line in (block.text .. "\n"):gmatch("(.-)\n") do
        if block.classes[1] == "console" and not line:match("^%$ ") then
            folded_report(line, parts)
        elseif block.classes[1] == "bat" then
            -- Windows has another sign for a line that goes on, and PowerShell a third.
            parts:insert(line)
        else
            folded_command(line, parts)
        end
    end
    local roff = ".PP\n.RS 4\n.nf\n"
    for _, line in ipairs(parts) do
        roff = roff .. escape(line) .. "\n"
    end
    return pandoc.RawBlock("man", roff .. ".fi\n.RE")
end

-- In a terminal a table is a list: its first column the terms.
function Table(block)
    if not man then
        return nil
    end
    local simple = pandoc.utils.to_simple_table(block)
    local items = {}
    for _, row in ipairs(simple.rows) do
        local term, texts = pandoc.utils.blocks_to_inlines(row[1]), {}
        for column = 2, #row do
            local said = pandoc.utils.blocks_to_inlines(row[column])
            if #said > 0 then
                if #texts > 0 then texts[#texts + 1] = pandoc.Str(";") texts[#texts + 1] = pandoc.Space() end
                for _, inline in ipairs(said) do texts[#texts + 1] = inline end
            end
        end
        -- Pictures are left out, and with them the rows that hold nothing else.
        if #term > 0 and #texts > 0 then
            items[#items + 1] = { term, { { pandoc.Plain(texts) } } }
        elseif #term > 0 and #simple.headers < 2 then
            items[#items + 1] = { { pandoc.Str("-") }, { { pandoc.Plain(term) } } }
        end
    end
    if #items == 0 then
        return {}
    end
    local head = simple.headers[1] and pandoc.utils.blocks_to_inlines(simple.headers[1]) or {}
    if #head == 0 then
        return pandoc.DefinitionList(items)
    end
    -- Without its lines a table needs its head to be told from the one above it.
    head[#head + 1] = pandoc.Str(":")
    return { pandoc.Para({ pandoc.Emph(head) }), pandoc.DefinitionList(items) }
end
