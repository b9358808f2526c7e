/* tls_hello.h
 * The server's name in a TLS ClientHello (RFC 8446 4.1.2, RFC 6066 3).
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_TLS_HELLO_H
#define SSE_TLS_HELLO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Reads the name from the first segment of a ClientHello, in lower case.
 * @return whether it is here, and a plain host name that fits. */
bool sse_tls_server_name(const uint8_t *bytes, size_t held, char *out, size_t size);

#endif
