/* capture_time.c
 * When a capture file begins. The formats: draft-ietf-opsawg-pcap, sections 4 and 5;
 * draft-ietf-opsawg-pcapng, sections 3.1, 4.1, 4.2 (if_tsresol), 4.3.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "capture_time.h"

#define PCAP_HEADER      24
#define BLOCK_INTERFACE  1
#define BLOCK_PACKET     6
#define BLOCK_SECTION    0x0A0D0D0A
#define OPTION_TSRESOL   9
#define INTERFACES       16

typedef struct reader { const uint8_t *bytes; size_t length; bool big; } reader;

static uint32_t u32_at(const reader *r, size_t at)
{
    const uint8_t *b = r->bytes + at;

    return r->big ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]
                  : (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}

static uint16_t u16_at(const reader *r, size_t at)
{
    const uint8_t *b = r->bytes + at;

    return (uint16_t)(r->big ? b[0] << 8 | b[1] : b[1] << 8 | b[0]);
}

/* Microseconds, nanoseconds, and the modified form that libpcap reads. */
static bool is_pcap(uint32_t magic)
{
    return magic == 0xA1B2C3D4 || magic == 0xA1B23C4D || magic == 0xA1B2CD34;
}

/* Units of a second: powers of ten, or of two. */
static uint64_t units_of(uint8_t resolution)
{
    uint64_t units = 1;

    for (unsigned i = 0; i < (resolution & 0x7Fu); i++) {
        const unsigned base = resolution & 0x80 ? 2 : 10;

        if (units > UINT64_MAX / base)
            return 0;
        units *= base;
    }
    return units;
}

static uint64_t units_of_interface(const reader *r, size_t at, size_t end)
{
    while (at + 4 <= end) {
        const uint16_t code = u16_at(r, at), length = u16_at(r, at + 2);

        if (code == 0)
            break;
        if (code == OPTION_TSRESOL && length >= 1 && at + 5 <= end)
            return units_of(r->bytes[at + 4]);
        at += 4 + (length + 3u) / 4 * 4;
    }
    return 1000000;
}

static bool first_block_time(reader *r, int64_t *seconds)
{
    uint64_t units[INTERFACES];
    uint32_t interfaces = 0;

    r->big = r->bytes[8] == 0x1A;
    for (size_t at = 0; at + 28 <= r->length;) {
        const uint32_t type = u32_at(r, at), length = u32_at(r, at + 4);

        if (length < 12 || length % 4 != 0 || (type == BLOCK_SECTION && at > 0))
            return false;
        if (type == BLOCK_PACKET) {
            const uint32_t interface = u32_at(r, at + 8);
            const uint64_t time = (uint64_t)u32_at(r, at + 12) << 32 | u32_at(r, at + 16);

            if (interface >= interfaces || units[interface] == 0)
                return false;
            *seconds = (int64_t)(time / units[interface]);
            return true;
        }
        if (length > r->length - at)
            return false;
        if (type == BLOCK_INTERFACE && interfaces < INTERFACES)
            units[interfaces++] = units_of_interface(r, at + 16, at + length - 4);
        at += length;
    }
    return false;
}

bool sse_capture_time(const uint8_t *bytes, size_t length, int64_t *seconds)
{
    reader r = { .bytes = bytes, .length = length };

    if (length < PCAP_HEADER + 4)
        return false;
    for (unsigned order = 0; order < 2; order++) {
        r.big = order == 1;
        if (is_pcap(u32_at(&r, 0))) {
            *seconds = u32_at(&r, PCAP_HEADER);
            return true;
        }
    }
    return u32_at(&r, 0) == BLOCK_SECTION && first_block_time(&r, seconds);
}
