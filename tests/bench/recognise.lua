-- recognise.lua
-- What one would write without the plugin: a post-dissector in Lua that
-- recognises the module's probes and its connections to the gateway by fields.
-- It counts, and decides nothing; the bench measures what that costs.
--
-- SSE Roaming plugin for Wireshark
-- SPDX-License-Identifier: GPL-2.0-or-later

local RESOLVERS = {
    ["208.67.222.222"] = true, ["208.67.220.220"] = true, ["208.67.222.220"] = true, ["208.67.220.222"] = true,
    ["2620:119:35::35"] = true, ["2620:119:53::53"] = true,
}
local PROBES = { ["debug.opendns.com"] = true, ["2.dnscrypt-cert.opendns.com"] = true }
local SUFFIXES = { "%.sigproxy%.qq%.opendns%.com$", "%.sseproxy%.qq%.opendns%.com$" }

local f_src4, f_dst4 = Field.new("ip.src"), Field.new("ip.dst")
local f_src6, f_dst6 = Field.new("ipv6.src"), Field.new("ipv6.dst")
local f_name, f_response, f_id = Field.new("dns.qry.name"), Field.new("dns.flags.response"), Field.new("dns.id")
local f_txt, f_a, f_aaaa = Field.new("dns.txt"), Field.new("dns.a"), Field.new("dns.aaaa")
local f_syn, f_ack, f_reset = Field.new("tcp.flags.syn"), Field.new("tcp.flags.ack"), Field.new("tcp.flags.reset")
local f_sport, f_dport = Field.new("tcp.srcport"), Field.new("tcp.dstport")
local f_icmp = Field.new("icmp.type")

local gateways, waiting, syns, count

local function start()
    gateways, waiting, syns = { ["146.112.255.50"] = true }, {}, {}
    count = { probes = 0, answered = 0, handshakes = 0, opened = 0, reset = 0, icmp = 0 }
end
start()

local function is_gateway_name(name)
    for _, suffix in ipairs(SUFFIXES) do
        if name:find(suffix) then
            return true
        end
    end
    return false
end

local function dns(src, dst)
    local name = tostring(f_name().value):lower()
    local response = f_response() and f_response().value
    if PROBES[name] then
        local id = tostring(f_id().value)
        if not response and RESOLVERS[dst] then
            count.probes = count.probes + 1
            waiting[src .. dst .. id] = true
        elseif response and RESOLVERS[src] and waiting[dst .. src .. id] and f_txt() then
            count.answered = count.answered + 1
            waiting[dst .. src .. id] = nil
        end
    elseif response and is_gateway_name(name) then
        for _, field in ipairs({ f_a, f_aaaa }) do
            for _, info in ipairs({ field() }) do
                gateways[tostring(info.value)] = true
            end
        end
    end
end

local function tcp(src, dst)
    local syn, ack, reset = f_syn().value, f_ack().value, f_reset().value
    if syn and not ack and gateways[dst] then
        local key = src .. dst .. tostring(f_sport().value)
        if not syns[key] then
            syns[key] = true
            count.handshakes = count.handshakes + 1
        end
    elseif gateways[src] then
        local key = dst .. src .. tostring(f_dport().value)
        if syns[key] and (reset or (syn and ack)) then
            syns[key] = nil
            if reset then
                count.reset = count.reset + 1
            else
                count.opened = count.opened + 1
            end
        end
    end
end

local recognise = Proto("recognise", "Recognise by fields")

function recognise.init()
    start()
end

function recognise.dissector(_, pinfo)
    local src, dst = f_src4() or f_src6(), f_dst4() or f_dst6()
    if pinfo.visited or not src then
        return
    end
    src, dst = tostring(src.value), tostring(dst.value)
    if f_name() then
        dns(src, dst)
    elseif f_icmp() then
        if f_icmp().value == 3 then
            count.icmp = count.icmp + 1
        end
    elseif f_syn() then
        tcp(src, dst)
    end
end

register_postdissector(recognise)

local tap = Listener.new("frame")
function tap.draw()
    io.stderr:write(string.format("recognised: probes %d answered %d handshakes %d opened %d reset %d icmp %d\n",
        count.probes, count.answered, count.handshakes, count.opened, count.reset, count.icmp))
end
