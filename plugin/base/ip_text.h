/* ip_text.h
 * IP addresses as text: read and written by ourselves, so that all systems take
 * and give the same.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_IP_TEXT_H
#define SSE_IP_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/** Room for the text of any address with its NUL: that of POSIX's inet_ntop(). */
#define SSE_IP_TEXT 46

/** Read an address and nothing else; what POSIX's inet_pton() takes. @return
 * false where it is none. */
bool sse_ip4_parse(const char *text, uint8_t bytes[4]);
bool sse_ip6_parse(const char *text, uint8_t bytes[16]);

/** Write an address, IPv6 as RFC 5952 says, without a NUL.
 * @return where the text ends */
char *sse_ip4_write(char *out, const uint8_t bytes[4]);
char *sse_ip6_write(char *out, const uint8_t bytes[16]);

#endif
