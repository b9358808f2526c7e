/* http_message.c
 * Peeks at the first segment of an HTTP message: CONNECT and its answer,
 * requests to a proxy, and connectivity tests. Nothing is reassembled.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "http_message.h"

#include <string.h>

#include "portals.h"
#include "products.h"

/* Headers past this are not looked at. */
#define MAX_HEADERS 8192
/* A page that names who sent it does so early. */
#define MAX_BODY 4096

static const uint8_t *find(const uint8_t *bytes, size_t length, const char *text)
{
    size_t part = strlen(text);

    for (size_t i = 0; i + part <= length; i++) {
        const uint8_t *start = (const uint8_t *)memchr(bytes + i, text[0], length - i - part + 1);

        if (start == NULL)
            return NULL;
        if (memcmp(start, text, part) == 0)
            return start;
        i = (size_t)(start - bytes);
    }
    return NULL;
}

/* Copies a host in lower case up to a port, a path or the end. IPv6 addresses
 * lose their brackets. Without an ending only what is sure to be whole is
 * taken.
 * @return whether there is a host. */
static bool copy_host(char *out, size_t size, const uint8_t *bytes, size_t length)
{
    bool bracket = length > 0 && bytes[0] == '[';
    size_t used = 0;

    for (size_t i = bracket ? 1 : 0; i < length; i++) {
        uint8_t c = bytes[i];

        if (c == '/' || c == ' ' || c == '\r' || c == '\n' || (bracket ? c == ']' : c == ':'))
            break;
        if (c < 0x21 || c > 0x7e || used + 1 >= size)
            return false;
        out[used++] = (char)g_ascii_tolower(c);
    }
    out[used] = '\0';
    return used > 0;
}

/* Where the value of a header ("host:", in lower case) starts within the headers;
 * NULL without. *length gets what is left from there on. */
static const uint8_t *header(const uint8_t *bytes, size_t *length, const char *name)
{
    const uint8_t *at = bytes, *end = bytes + *length;
    const size_t part = strlen(name);

    while ((at = find(at, (size_t)(end - at), "\r\n")) != NULL) {
        at += 2;
        if (end - at >= 2 && at[0] == '\r' && at[1] == '\n')
            return NULL;
        if ((size_t)(end - at) > part && g_ascii_strncasecmp((const char *)at, name, part) == 0) {
            at += part;
            while (at < end && (*at == ' ' || *at == '\t'))
                at++;
            *length = (size_t)(end - at);
            return at;
        }
    }
    return NULL;
}

static bool host_header(char *out, size_t size, const uint8_t *bytes, size_t length)
{
    const uint8_t *value = header(bytes, &length, "host:");

    return value != NULL && copy_host(out, size, value, length);
}

/* The whole of a header's line; NULL where there is none. */
static const uint8_t *header_line(const uint8_t *bytes, size_t length, const char *name, uint16_t *line)
{
    const uint8_t *value = header(bytes, &length, name);
    const uint8_t *end = value != NULL ? (const uint8_t *)memchr(value, '\r', length) : NULL;

    *line = value == NULL ? 0 : (uint16_t)MIN((size_t)(end != NULL ? end - value : (ptrdiff_t)length), UINT16_MAX);
    return *line > 0 ? value : NULL;
}

static bool read_response(const uint8_t *bytes, size_t length, obs_http *http)
{
    const uint8_t *body;

    /* "HTTP/1.1 200": RFC 9112 section 4. */
    if (length < 12 || memcmp(bytes, "HTTP/1.", 7) != 0 || bytes[8] != ' ' || !g_ascii_isdigit(bytes[9]) ||
        !g_ascii_isdigit(bytes[10]) || !g_ascii_isdigit(bytes[11]))
        return false;
    http->kind = OBS_HTTP_RESPONSE;
    http->status = (uint16_t)((bytes[9] - '0') * 100 + (bytes[10] - '0') * 10 + (bytes[11] - '0'));
    http->server = header_line(bytes, MIN(length, MAX_HEADERS), "server:", &http->server_length);
    http->via = header_line(bytes, MIN(length, MAX_HEADERS), "via:", &http->via_length);
    http->other_product = sse_is_other_product(http->server, http->server_length) ||
                          sse_is_other_product(http->via, http->via_length);
    body = find(bytes, MIN(length, MAX_HEADERS), "\r\n\r\n");
    if (body == NULL)
        return true;
    body += 4;
    http->has_body = body < bytes + length;
    /* What comes in a tunnel is its own affair. */
    if (http->status / 100 != 2 && !http->other_product)
        http->other_product = sse_names_other_device(body, MIN((size_t)(bytes + length - body), MAX_BODY));
    http->bodies = sse_portal_bodies_in(body, (size_t)(bytes + length - body));
    return true;
}

obs_start sse_http_start(const uint8_t *bytes, uint32_t length)
{
    static const char *const requests[] = { "CONNE", "GET ", "POST ", "HEAD ", "PUT ", "OPTIO", "DELET", "PATCH", "TRACE" };

    if (bytes == NULL || length < 5)
        return OBS_START_UNKNOWN;
    if (memcmp(bytes, "HTTP/", 5) == 0)
        return OBS_START_STATUS;
    for (unsigned i = 0; i < G_N_ELEMENTS(requests); i++)
        if (memcmp(bytes, requests[i], strlen(requests[i])) == 0)
            return OBS_START_REQUEST;
    return OBS_START_OTHER;
}

bool sse_http_read(const uint8_t *bytes, uint32_t length, obs_http *http)
{
    static const char *const methods[] = { "GET ", "POST ", "HEAD ", "PUT ", "OPTIONS ", "DELETE ", "PATCH " };

    memset(http, 0, sizeof *http);
    if (length < 12 || !sse_http_may_start(bytes[0]))
        return false;
    if (bytes[0] == 'H' && bytes[1] == 'T')
        return read_response(bytes, length, http);
    if (memcmp(bytes, "CONNECT ", 8) == 0) {
        if (!copy_host(http->host, sizeof http->host, bytes + 8, length - 8))
            return false;
        http->kind = OBS_HTTP_CONNECT;
        return true;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(methods); i++) {
        size_t part = strlen(methods[i]);
        const uint8_t *target = bytes + part;
        size_t rest = length - part;

        if (length <= part || memcmp(bytes, methods[i], part) != 0)
            continue;
        if (rest > 7 && g_ascii_strncasecmp((const char *)target, "http://", 7) == 0) {
            if (copy_host(http->host, sizeof http->host, target + 7, rest - 7))
                http->kind = OBS_HTTP_ABSOLUTE;
        } else if (target[0] == '/' && host_header(http->host, sizeof http->host, target, MIN(rest, MAX_HEADERS))) {
            http->test = sse_portal_test_of(http->host, target, rest);
            http->kind = http->test != 0 ? OBS_HTTP_PORTAL_TEST : OBS_HTTP_NONE;
        }
        break;
    }
    if (http->kind == OBS_HTTP_NONE)
        http->host[0] = '\0';
    return http->kind != OBS_HTTP_NONE;
}
