#!/usr/bin/env bash
# record_dnscrypt.sh
# Records DNSCrypt between a small client (dnscrypt_client.c) and dnsdist, in
# network namespaces with no way out.
#
# SSE Roaming plugin for Wireshark
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: record_dnscrypt.sh CLIENT FOLDER [CAPTURE...]
#   CLIENT  the program dnscrypt_client, from the build folder
#   FOLDER  where the captures go; no CAPTURE: all
# Needs root, and from Debian: dnsdist nftables tcpdump wireshark-common iproute2
# util-linux. Exit code 77: this computer cannot record.

set -eu -o pipefail

RESOLVER=208.67.222.222 RESOLVER6=2620:119:35::35 OTHER=198.51.100.53
PROVIDER=2.dnscrypt-cert.opendns.com OTHER_PROVIDER=2.dnscrypt-cert.example.com
ALL=(udp xchacha tcp port-53 ipv6 padded truncated expired not-yet-valid wrong-magic dropped other-resolver)

say()
{
    printf '%s\n' "$*" >&2
}

# What each recording shows: the comment of the capture.
shows()
{
    case $1 in
        udp) echo "A certificate and encrypted queries over UDP 443, all answered." ;;
        xchacha) echo "The same with X25519-XChacha20Poly1305 (es-version 2)." ;;
        tcp) echo "A certificate over UDP, then encrypted queries over TCP 443." ;;
        port-53) echo "Encrypted queries over UDP 53." ;;
        ipv6) echo "Encrypted queries over UDP 443, IPv6." ;;
        padded) echo "Encrypted queries with more padding each." ;;
        truncated) echo "Responses that do not fit their query: truncated over UDP, asked again over TCP." ;;
        expired) echo "The clock of the capture is 400 days ahead: the certificate's dates are over." ;;
        not-yet-valid) echo "The clock of the capture is 100 days behind: the certificate's dates are still to come." ;;
        wrong-magic) echo "Queries with a client magic that no certificate has: never answered." ;;
        dropped) echo "A firewall lets plain DNS through and drops DNSCrypt." ;;
        other-resolver) echo "DNSCrypt with a resolver that is not OpenDNS's, on UDP port 5443." ;;
        *) say "no such capture: $1"; return 1 ;;
    esac
}

# dnsdist's configuration for a capture.
configuration()
{
    local name=$1 version=V1 large=''
    case $name in
        xchacha) version=V2 ;;
        truncated) large=yes ;;
    esac
    cat <<LUA
setACL({"0.0.0.0/0", "::/0"})
setLocal("127.0.0.1:5399")
setSecurityPollSuffix("")
generateDNSCryptProviderKeys("$work/provider.pub", "$work/provider.key")
local now = os.time()
generateDNSCryptCertificate("$work/provider.key", "$work/cert", "$work/key", 1756800001, now - 3600, now + 31536000, DNSCryptExchangeVersion.$version)
for _, address in ipairs({"$RESOLVER:443", "$RESOLVER:53", "[$RESOLVER6]:443"}) do
    addDNSCryptBind(address, "$PROVIDER", "$work/cert", "$work/key")
end
addDNSCryptBind("$OTHER:5443", "$OTHER_PROVIDER", "$work/cert", "$work/key")
local function text(...)
    local strings = {}
    for _, s in ipairs({...}) do strings[#strings + 1] = string.char(#s) .. s end
    return table.concat(strings)
end
if "$large" ~= "" then
    addAction(QTypeRule(DNSQType.TXT), SpoofRawAction(text(string.rep("a", 250), string.rep("b", 250)), {ttl=60}))
end
addAction(QTypeRule(DNSQType.TXT), SpoofRawAction(text("server r5.lon"), {ttl=0}))
addAction(AllRule(), SpoofAction({"192.0.2.80"}, {ttl=60}))
LUA
}

# What the client does.
asks()
{
    local name=$1 to=("$RESOLVER" 443 "$PROVIDER")
    case $name in
        udp|xchacha|expired|not-yet-valid) client -n 4 "${to[@]}" ;;
        tcp) client -t -n 3 "${to[@]}" ;;
        port-53) client -n 4 "$RESOLVER" 53 "$PROVIDER" ;;
        ipv6) client -n 4 "$RESOLVER6" 443 "$PROVIDER" ;;
        padded) client -n 5 -P -A -q www.example.com "${to[@]}" ;;
        truncated) client -n 2 -T "${to[@]}" ;;
        wrong-magic) client -m -n 5 -i 1500 -w 1000 "${to[@]}"; sleep 4; client -c "${to[@]}" ;;
        dropped) client -n 5 -i 1500 -w 1000 "${to[@]}"; sleep 4; client -c "${to[@]}" ;;
        other-resolver) client -n 3 "$OTHER" 5443 "$OTHER_PROVIDER" ;;
    esac
}

client()
{
    "${in_client[@]}" "$program" "$@" >>"$work/client.log" 2>&1
}

# A namespace lives as long as its process.
namespace()
{
    unshare --net sleep infinity &
    started+=($!)
    # Until it is in a namespace of its own.
    while [ "$(readlink "/proc/$!/ns/net")" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
}

clean_up()
{
    local one
    for one in "${started[@]}"; do
        kill "$one" 2>/dev/null || true
        wait "$one" 2>/dev/null || true
    done
    started=()
    [ -z "$work" ] || rm -rf "$work"
    work=
}

record()
{
    local name=$1 comment laptop server shift_by=0
    comment=$(shows "$name")
    work=$(mktemp -d)
    namespace; laptop=${started[-1]}
    namespace; server=${started[-1]}
    in_client=(nsenter -t "$laptop" -n) in_server=(nsenter -t "$server" -n)
    ip link add v0 address 00:00:5e:00:53:cc netns "$laptop" type veth peer name v1 address 00:00:5e:00:53:01 netns "$server"
    for one in "$laptop" "$server"; do
        nsenter -t "$one" -n sysctl -q net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 \
            net.ipv6.conf.default.router_solicitations=0 net.ipv6.conf.v0.accept_dad=0 net.ipv6.conf.v1.accept_dad=0 2>/dev/null || true
        nsenter -t "$one" -n ip link set lo up
    done
    "${in_client[@]}" ip -batch - <<IP
addr add 192.168.0.204/24 dev v0
addr add 2001:db8:0:1::cc/64 dev v0 nodad
link set v0 up
route add default via 192.168.0.1
route add default via 2001:db8:0:1::1
IP
    "${in_server[@]}" ip -batch - <<IP
addr add 192.168.0.1/24 dev v1
addr add 2001:db8:0:1::1/64 dev v1 nodad
addr add $RESOLVER/32 dev lo
addr add $RESOLVER6/128 dev lo nodad
addr add $OTHER/32 dev lo
link set v1 up
IP
    # Segments and sums as on a wire.
    "${in_client[@]}" ethtool -K v0 tx off tso off gso off gro off >/dev/null 2>&1 || true
    "${in_server[@]}" ethtool -K v1 tx off tso off gso off gro off >/dev/null 2>&1 || true
    [ "$name" != dropped ] || "${in_server[@]}" nft -f - <<NFT
table inet filter {
    chain input {
        type filter hook input priority 0
        udp dport 443 udp length > 200 drop
    }
}
NFT
    configuration "$name" >"$work/dnsdist.conf"
    "${in_server[@]}" dnsdist --supervised --disable-syslog -C "$work/dnsdist.conf" >"$work/dnsdist.log" 2>&1 &
    started+=($!)
    for _ in $(seq 100); do
        "${in_server[@]}" ss -Hlun "sport = :5443" | grep -q . && break
        sleep 0.1
    done
    "${in_client[@]}" tcpdump -q -U --immediate-mode -i v0 -w "$work/capture.pcap" 'udp or tcp' >"$work/tcpdump.log" 2>&1 &
    started+=($!)
    until [ -s "$work/capture.pcap" ]; do sleep 0.1; done
    asks "$name" || { cat "$work/client.log" "$work/dnsdist.log" >&2; return 1; }
    sleep 0.5
    kill "${started[-1]}"
    wait "${started[-1]}" 2>/dev/null || true
    # dnsdist gives no certificate outside its dates.
    case $name in
        expired) shift_by=$((400 * 86400)) ;;
        not-yet-valid) shift_by=$((-100 * 86400)) ;;
    esac
    editcap -F pcapng -t "$shift_by" --capture-comment "dnscrypt-$name: $comment Recorded by record_dnscrypt.sh with $(dnsdist --version 2>&1 | sed -n '1s/ (.*//p')." \
        "$work/capture.pcap" "$folder/dnscrypt-$name.pcapng"
    say "dnscrypt-$name: $comment"
    sed 's/^/  /' "$work/client.log" >&2
    clean_up
}

[ $# -ge 2 ] || { say "usage: record_dnscrypt.sh CLIENT FOLDER [CAPTURE...]"; exit 2; }
program=$(realpath "$1") folder=$(realpath "$2")
shift 2
started=() work=
for needed in dnsdist tcpdump editcap nft ip ss unshare nsenter; do
    command -v "$needed" >/dev/null || { say "cannot record: no $needed"; exit 77; }
done
if [ "$(id -u)" -ne 0 ] || ! unshare --net true 2>/dev/null; then
    say "cannot record: needs root and network namespaces"
    exit 77
fi
trap clean_up EXIT
trap 'exit 130' INT TERM
[ $# -gt 0 ] || set -- "${ALL[@]}"
for capture in "$@"; do
    record "$capture"
done
