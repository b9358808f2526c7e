/* checks.c
 * The checks of what was printed.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "fuzz.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fuzz_require_at(bool holds, const char *what, const char *file, int line)
{
    if (holds)
        return;
    fprintf(stderr, "%s:%d: broken promise: %s\n", file, line, what);
    abort();
}

static const char *blanks(const char *p)
{
    return p + strspn(p, " \t\r\n");
}

static const char *json_string(const char *p)
{
    if (*p++ != '"')
        return NULL;
    for (; *p != '"'; p++) {
        if ((unsigned char)*p < 0x20)
            return NULL;
        if (*p != '\\')
            continue;
        p++;
        if (*p == 'u') {
            for (unsigned i = 0; i < 4; i++)
                if (!g_ascii_isxdigit(*++p))
                    return NULL;
        } else if (*p == '\0' || strchr("\"\\/bfnrt", *p) == NULL) {
            return NULL;
        }
    }
    return p + 1;
}

static const char *digits(const char *p)
{
    size_t count = strspn(p, "0123456789");

    return count == 0 ? NULL : p + count;
}

static const char *json_number(const char *p)
{
    if (*p == '-')
        p++;
    if (*p == '0' && g_ascii_isdigit(p[1]))
        return NULL;
    p = digits(p);
    if (p != NULL && *p == '.')
        p = digits(p + 1);
    if (p != NULL && (*p == 'e' || *p == 'E'))
        p = digits(p + (p[1] == '+' || p[1] == '-' ? 2 : 1));
    return p;
}

static const char *json_value(const char *p, unsigned depth)
{
    static const char *const words[] = { "null", "true", "false" };

    p = blanks(p);
    if (depth > 32)
        return NULL;
    if (*p == '"')
        return json_string(p);
    if (*p == '{' || *p == '[') {
        bool object = *p == '{';
        char end = object ? '}' : ']';

        p = blanks(p + 1);
        if (*p == end)
            return p + 1;
        for (;;) {
            if (object) {
                p = json_string(blanks(p));
                if (p == NULL || *(p = blanks(p)) != ':')
                    return NULL;
                p++;
            }
            p = json_value(p, depth + 1);
            if (p == NULL)
                return NULL;
            p = blanks(p);
            if (*p == end)
                return p + 1;
            if (*p++ != ',')
                return NULL;
        }
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_has_prefix(p, words[i]))
            return p + strlen(words[i]);
    return json_number(p);
}

bool fuzz_is_json(const char *text)
{
    const char *end = json_value(text, 0);

    return end != NULL && *blanks(end) == '\0';
}

bool fuzz_is_safe_text(const char *text, bool lines)
{
    if (!g_utf8_validate(text, -1, NULL))
        return false;
    for (; *text != '\0'; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);
        GUnicodeType type = g_unichar_type(c);

        if (c == '\n' && lines)
            continue;
        /* Cc and Cf: controls, and what formats: marks of direction are among them. */
        if (type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || type == G_UNICODE_LINE_SEPARATOR ||
            type == G_UNICODE_PARAGRAPH_SEPARATOR)
            return false;
    }
    return true;
}

/* The style is the one element whose text has brackets of its own (child > of). */
bool fuzz_is_balanced(const char *html)
{
    GPtrArray *open = g_ptr_array_new_with_free_func(g_free);
    bool good = g_str_has_prefix(html, "<!DOCTYPE html>");

    for (html += good ? strlen("<!DOCTYPE html>") : 0; good && *html != '\0';) {
        const char *style = open->len > 0 && strcmp((const char *)g_ptr_array_index(open, open->len - 1), "style") == 0
            ? strstr(html, "</style>") : NULL;
        const size_t text = style != NULL ? (size_t)(style - html) : strcspn(html, "<>");
        const char *end;
        char *tag;

        html += text;
        if (*html == '\0')
            break;
        end = strpbrk(html + 1, "<>");
        if (*html == '>' || end == NULL || *end == '<') {
            good = false;
            break;
        }
        tag = g_strndup(html + 1, strcspn(html + 1, " >"));
        html = end + 1;
        if (*tag == '/') {
            good = open->len > 0 && strcmp((const char *)g_ptr_array_index(open, open->len - 1), tag + 1) == 0;
            if (good)
                g_ptr_array_remove_index(open, open->len - 1);
        } else if (end[-1] != '/' && strcmp(tag, "meta") != 0) {
            g_ptr_array_add(open, tag);
            continue;
        }
        g_free(tag);
    }
    good = good && open->len == 0;
    g_ptr_array_free(open, TRUE);
    return good;
}

bool fuzz_is_printable(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text < 0x20 || *text > 0x7e)
            return false;
    return true;
}


uint64_t fuzz_steps;

uint64_t fuzz_limit(size_t size)
{
    const uint64_t bytes = size > 8192 ? size : 8192;

    return 50000 * bytes / 8192;
}

#ifdef SSE_FUZZ_STEPS
/* Clang calls these before each load and store of the readers. */
#define COUNTED(access, bytes) \
    void __sanitizer_cov_##access##bytes(const void *at); \
    void __sanitizer_cov_##access##bytes(const void *at) \
    { \
        (void)at; \
        fuzz_steps++; \
    }
COUNTED(load, 1)
COUNTED(load, 2)
COUNTED(load, 4)
COUNTED(load, 8)
COUNTED(load, 16)
COUNTED(store, 1)
COUNTED(store, 2)
COUNTED(store, 4)
COUNTED(store, 8)
COUNTED(store, 16)

/* The linker puts these in the place of the searches that the readers use; it wants
 * them visible, as GLib uses some too. */
#pragma GCC visibility push(default)
void *__real_memchr(const void *in, int byte, size_t length);
void *__wrap_memchr(const void *in, int byte, size_t length);
int __real_memcmp(const void *a, const void *b, size_t length);
int __wrap_memcmp(const void *a, const void *b, size_t length);
int __real_bcmp(const void *a, const void *b, size_t length);
int __wrap_bcmp(const void *a, const void *b, size_t length);
char *__real_strstr(const char *in, const char *text);
char *__wrap_strstr(const char *in, const char *text);
size_t __real_strlen(const char *text);
size_t __wrap_strlen(const char *text);
char *__real_g_strstr_len(const char *in, gssize length, const char *text);
char *__wrap_g_strstr_len(const char *in, gssize length, const char *text);
#pragma GCC visibility pop

void *__wrap_memchr(const void *in, int byte, size_t length)
{
    char *found = __real_memchr(in, byte, length);

    fuzz_steps += 1 + (found == NULL ? length : (size_t)(found - (const char *)in)) / 8;
    return found;
}

int __wrap_memcmp(const void *a, const void *b, size_t length)
{
    fuzz_steps += 1 + length / 8;
    return __real_memcmp(a, b, length);
}

/* What clang makes of memcmp() where only "equal" is asked. */
int __wrap_bcmp(const void *a, const void *b, size_t length)
{
    fuzz_steps += 1 + length / 8;
    return __real_bcmp(a, b, length);
}

char *__wrap_strstr(const char *in, const char *text)
{
    fuzz_steps += 1 + __real_strlen(in) / 8;
    return __real_strstr(in, text);
}

size_t __wrap_strlen(const char *text)
{
    size_t length = __real_strlen(text);

    fuzz_steps += 1 + length / 8;
    return length;
}

char *__wrap_g_strstr_len(const char *in, gssize length, const char *text)
{
    char *found = __real_g_strstr_len(in, length, text);

    /* Byte by byte. */
    fuzz_steps += 1 + (found != NULL ? (size_t)(found - in) : length < 0 ? __real_strlen(in) : (size_t)length);
    return found;
}
#endif
