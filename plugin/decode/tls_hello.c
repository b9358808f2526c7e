/* tls_hello.c
 * The server's name in a TLS ClientHello. Nothing is reassembled: the name stands
 * early enough in the first segment, or is not known.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "tls_hello.h"

#include <glib.h>

#define HANDSHAKE       22
#define CLIENT_HELLO    1
#define SERVER_NAME     0
#define HOST_NAME       0

/** What is left of the bytes. */
typedef struct rest {
    const uint8_t *at;
    size_t left;
} rest;

static bool skip(rest *r, size_t count)
{
    if (count > r->left)
        return false;
    r->at += count;
    r->left -= count;
    return true;
}

/* A number of so many bytes. */
static bool number(rest *r, unsigned bytes, size_t *value)
{
    *value = 0;
    if (bytes > r->left)
        return false;
    for (unsigned i = 0; i < bytes; i++)
        *value = *value << 8 | r->at[i];
    return skip(r, bytes);
}

/* A vector whose length stands in front of it. */
static bool skip_vector(rest *r, unsigned bytes)
{
    size_t length;

    return number(r, bytes, &length) && skip(r, length);
}

static bool copy_name(const rest *r, size_t length, char *out, size_t size)
{
    if (length == 0 || length > r->left || length >= size)
        return false;
    for (size_t i = 0; i < length; i++) {
        const char c = (char)r->at[i];

        if (!g_ascii_isalnum(c) && c != '-' && c != '.' && c != '_')
            return false;
        out[i] = g_ascii_tolower(c);
    }
    out[length] = '\0';
    return true;
}

bool sse_tls_server_name(const uint8_t *bytes, size_t held, char *out, size_t size)
{
    rest r = { bytes, held };
    size_t type, length;

    /* Record, handshake, version, random. */
    if (!number(&r, 1, &type) || type != HANDSHAKE || !skip(&r, 4) || !number(&r, 1, &type) || type != CLIENT_HELLO ||
        !skip(&r, 3 + 2 + 32))
        return false;
    /* Session, cipher suites, compression methods; the extensions' length. */
    if (!skip_vector(&r, 1) || !skip_vector(&r, 2) || !skip_vector(&r, 1) || !skip(&r, 2))
        return false;
    while (number(&r, 2, &type) && number(&r, 2, &length)) {
        if (type == SERVER_NAME)
            return skip(&r, 2) && number(&r, 1, &type) && type == HOST_NAME && number(&r, 2, &length) &&
                   copy_name(&r, length, out, size);
        if (!skip(&r, length))
            return false;
    }
    return false;
}
