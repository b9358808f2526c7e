/* ip_text.c
 * IP addresses as text: read and written by ourselves, so that all systems take
 * and give the same (the libraries of systems differ in leading zeros and in
 * which zeros they leave out).
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "ip_text.h"

#include <glib.h>
#include <string.h>

#define WORDS 8

/* "192.0.2.1": four decimal numbers up to 255 without leading zeros, and no more. */
bool sse_ip4_parse(const char *text, uint8_t bytes[4])
{
    for (unsigned i = 0; i < 4; i++) {
        const char *start = text;
        unsigned value = 0;

        while (g_ascii_isdigit(*text) && text - start < 3)
            value = value * 10 + (unsigned)g_ascii_digit_value(*text++);
        if (text == start || value > 255 || (*start == '0' && text - start > 1))
            return false;
        bytes[i] = (uint8_t)value;
        if (*text++ != (i < 3 ? '.' : '\0'))
            return false;
    }
    return true;
}

/* RFC 4291 section 2.2: words of one to four hexadecimal digits, "::" once for
 * one or more words of zero, the last four bytes as IPv4 if they like. */
bool sse_ip6_parse(const char *text, uint8_t bytes[16])
{
    uint8_t read[16];
    unsigned length = 0, gap = 0;
    bool has_gap = false;

    if (text[0] == ':' && text[1] != ':')
        return false;
    while (*text != '\0') {
        const char *start = text;
        unsigned value = 0;

        if (text[0] == ':' && text[1] == ':') {
            if (has_gap)
                return false;
            has_gap = true;
            gap = length;
            text += 2;
            continue;
        }
        /* Behind a word, and not the end. */
        if (length > 0 && !(has_gap && gap == length)) {
            if (*text++ != ':')
                return false;
            start = text;
        }
        while (g_ascii_isxdigit(*text) && text - start < 4)
            value = value << 4 | (unsigned)g_ascii_xdigit_value(*text++);
        if (text == start)
            return false;
        if (*text == '.') {
            if (length > sizeof read - 4 || !sse_ip4_parse(start, read + length))
                return false;
            length += 4;
            break;
        }
        if (length == sizeof read)
            return false;
        read[length++] = (uint8_t)(value >> 8);
        read[length++] = (uint8_t)value;
    }
    if (has_gap ? length == sizeof read : length != sizeof read)
        return false;
    memset(bytes, 0, 16);
    memcpy(bytes, read, has_gap ? gap : length);
    if (has_gap)
        memcpy(bytes + 16 - (length - gap), read + gap, length - gap);
    return true;
}

char *sse_ip4_write(char *out, const uint8_t bytes[4])
{
    for (unsigned i = 0; i < 4; i++) {
        unsigned value = bytes[i];

        if (i > 0)
            *out++ = '.';
        if (value >= 100)
            *out++ = (char)('0' + value / 100);
        if (value >= 10)
            *out++ = (char)('0' + value / 10 % 10);
        *out++ = (char)('0' + value % 10);
    }
    return out;
}

static char *write_word(char *out, unsigned word)
{
    static const char hex[] = "0123456789abcdef";
    unsigned shift = 12;

    while (shift > 0 && word >> shift == 0)
        shift -= 4;
    for (;; shift -= 4) {
        *out++ = hex[word >> shift & 15];
        if (shift == 0)
            return out;
    }
}

/* RFC 5952: lower case, no leading zeros, "::" for the longest run of at least
 * two words of zero, the first of equal ones; the last four bytes as IPv4 where
 * an IPv4-mapped or IPv4-compatible address has it. */
char *sse_ip6_write(char *out, const uint8_t bytes[16])
{
    unsigned words[WORDS], gap = 0, gap_length = 1;
    bool v4;

    for (unsigned i = 0; i < WORDS; i++)
        words[i] = (unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1];
    for (unsigned i = 0, run = 0; i < WORDS; i++) {
        run = words[i] == 0 ? run + 1 : 0;
        if (run > gap_length) {
            gap = i + 1 - run;
            gap_length = run;
        }
    }
    if (gap_length == 1)
        gap = WORDS;
    v4 = gap == 0 && (gap_length == 6 || (gap_length == 5 && words[5] == 0xffff));
    for (unsigned i = 0; i < WORDS; i++) {
        if (i == gap) {
            *out++ = ':';
            i += gap_length - 1;
            if (i + 1 == WORDS)
                *out++ = ':';
            continue;
        }
        if (i > 0)
            *out++ = ':';
        if (v4 && i == WORDS - 2)
            return sse_ip4_write(out, bytes + 12);
        out = write_word(out, words[i]);
    }
    return out;
}
